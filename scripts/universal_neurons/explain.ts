#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Which feature of the token, of its place in a sentence, or of the token before, explains a neuron's
 * activations best?
 *
 * Paper:    Gurnee et al. 2024, section 4.1; spec/universal_neurons.md sections 1.9 and 1.10.
 * Shapes:   reductions in variance [n, F], one table a kind of features.
 * Command:  deno task un:explain --activations cache/results/universal_neurons/activations
 * Time:     see docs/explain.md.
 * Expected: medium-a on the Pile: 0.3270 to_unigram .986861, 0.3953 contains_comma .967139.
 */
import { join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { explainFigures } from "../../lib/figure/universal_neurons/explain_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { openActivations } from "../../lib/neuron/cached/open_activations.ts";
import { explainNeurons } from "../../lib/neuron/explain/explain_neurons.ts";
import { ExplainTables } from "../../lib/neuron/explain/explain_tables.ts";
import { checkExplanations } from "../../lib/neuron/explain/published.ts";
import { describePlan, namedBests, reportNumbers } from "../../lib/neuron/explain/report.ts";
import {
  type ExplainSetup,
  FEATURE_KINDS,
  makeFeatures,
  setUpExplanations,
} from "../../lib/neuron/explain/setup.ts";
import { SMALL_NORM } from "../../lib/neuron/vocabulary/norms.ts";
import { UNIGRAM_COUNT } from "../../lib/neuron/vocabulary/unigrams.ts";
import { vocabularyColumns } from "../../lib/neuron/vocabulary/vocabulary_features.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";

export const meta = {
  id: "universal_neurons/explain",
  task: "un:explain",
  paper: "Gurnee et al. 2024",
  figure: "reductions in variance behind section 4's families",
  title: "Neurons explained by features of tokens",
  question: "Which feature of the token, or of the one before, explains a neuron best?",
  minutes: "seconds for the embedded models; see docs/explain.md for others",
  outputs: [
    "tables/token_variance_reduction.parquet, prev_token_…, sequence_…, prev_sequence_…: a row a " +
    "neuron, a column a feature",
    "tables/best_features.parquet: each neuron's best feature, its effect, and chance's",
    "tables/features.parquet, vocabulary.parquet: the features, and the tokens each holds of",
    "summary.json; figures/ (.vl.json, .svg, .png) and report.html",
  ],
  example: "deno task un:explain --activations cache/results/universal_neurons/activations",
};

const { out, seed, check, force, dryRun, json, quiet } = commonOptions(
  "cache/results/universal_neurons/explain",
);

export const options = defineOptions({
  activations: {
    type: "path",
    default: "cache/results/universal_neurons/activations",
    description: "Folder of a finished run of un:activations.",
  },
  model: {
    type: "string",
    affects: "run",
    description: "The model, for its tokens and embeddings; that of the activations when absent.",
  },
  features: {
    type: "list",
    choices: FEATURE_KINDS,
    description: "Features of the token, of the one before, of the sequence at either; those of " +
      "tokens if absent, all with --tags.",
  },
  tags: {
    type: "path",
    description: "Folder of a finished run of un:tag-corpus over the same rows, for sequences.",
  },
  originalShift: {
    type: "boolean",
    description: "Let prev_sequence of a row's first position be the row before's last, as there.",
  },
  layers: {
    type: "list",
    of: "integer",
    description: "Only neurons of these layers, so that runs can share the work; all if absent.",
  },
  originalGelu: {
    type: "boolean",
    description: "Exact GELU of every model, as the release; else the model's own.",
  },
  unigramCount: {
    type: "integer",
    min: 0,
    unit: "tokens",
    paper: UNIGRAM_COUNT,
    description: "Occurrences a unigram must exceed; 3000 if 10 M tokens, in proportion below.",
  },
  smallNorm: {
    type: "number",
    default: SMALL_NORM,
    min: 0,
    paper: SMALL_NORM,
    description: "Length below which a token's embedding is small.",
  },
  cleanUp: {
    type: "boolean",
    description: 'Decode " ." as "." and so on, as transformers did when the release was run.',
  },
  keepEmpty: { type: "boolean", description: "List features that hold of no token too." },
  topics: { type: "path", description: "CSV or Parquet of topics, a row a token." },
  draws: {
    type: "integer",
    default: 10,
    min: 0,
    max: 10_000,
    unit: "permutations",
    description: "Permutations of the chance baseline; 0 for none.",
  },
  csv: { type: "boolean", description: "Write each table of reductions as CSV too." },
  ...{ out, seed, check, force, dryRun, json, quiet },
});

type Context = ScriptContext<typeof options>;

/** Explains neuron by neuron, then writes tables and report. */
async function compute(run: RunFolder, setup: ExplainSetup, context: Context): Promise<void> {
  const { options: given, signal, argv } = context;
  const { activations, places, gelu, model } = setup;
  const { vocabulary, features, labellings } = await makeFeatures(setup, given);
  const tables = new ExplainTables(labellings);
  {
    const { draws, seed } = given;
    using progress = startProgress({ label: "explain", total: places.length, unit: "neurons" });
    const asked = { places, gelu, draws, seed, signal };
    for await (const explained of explainNeurons(activations, labellings, asked)) {
      tables.add(activations.neurons[explained.place]!, explained);
      progress.advance();
    }
  }
  for (const [i, { name }] of labellings.entries()) {
    await run.writeTable(`${name}_variance_reduction`, tables.reductions(i), { csv: given.csv });
  }
  await run.writeTable("best_features", tables.best());
  await run.writeTable("features", tables.features());
  await run.writeTable("vocabulary", vocabularyColumns(vocabulary, features));
  const { shape } = activations.tokens;
  const facts = {
    model: model.label,
    tokens: activations.tokens.data.length,
    rows: shape[0]!,
    gelu: activations.location === "mlp.hook_pre" ? gelu : "none, already applied",
    "unigram_count": setup.unigramCount,
    ...(setup.tags && { tagger: setup.tags.tagger }),
  };
  await run.writeSummary({ ...facts, ...tables.summary() });
  const bests = tables.bests();
  await writeReport(run, explainFigures({ model: model.label, curves: tables.curves(), bests }), {
    title: meta.title,
    question: meta.question,
    command: commandLine(meta, argv),
    numbers: reportNumbers(model.label, tables),
    provenance: {
      ...facts,
      activations: activations.run.directory,
      ...(setup.tags && { tags: setup.tags.run.directory }),
      seed: given.seed,
      record: "run.json beside this page: versions, options, sha256 of every file",
    },
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, meta, argv, recorded, resultOptions } = context;
  await using activations = await openActivations(given.activations);
  const setup = await setUpExplanations(activations, given);
  if (given.dryRun) {
    return { text: `would explain ${describePlan(setup, given)}, into ${given.out}\n` };
  }
  const { gelu, unigramCount, kinds, inputs } = setup;
  const decided = { gelu, unigramCount, features: kinds };
  const identity = { script: meta.id, options: { ...resultOptions, ...decided }, inputs };
  await runOnce(given.out, identity, { force: given.force, onNote: note }, async (run) => {
    await compute(run, setup, context);
    const seeds = { seed: given.seed };
    return { argv, options: recorded, seeds, warnings: warningCount(), notes: decided };
  });
  return await describe(given.out, setup.model.label, given.check);
}

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(out: string, model: string, check: boolean): Promise<ScriptResult> {
  const run = await readRun(out);
  const bests = namedBests(await run.table("best_features"));
  const top = bests.filter(({ kind }) => kind !== "")
    .sort((a, b) => b.reduction - a.reduction).slice(0, 15);
  const rows = top.map(({ neuron, kind, feature, reduction, chance }) => [
    ...[neuron, kind, feature],
    ...[reduction, Number.isFinite(chance) ? chance : undefined],
  ]);
  const failure = check ? checkExplanations(model, bests) : undefined;
  return {
    text: terminalTable(["neuron", "kind", "feature", "reduction", "by chance"], rows) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary: await run.summary() },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
