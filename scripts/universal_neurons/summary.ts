#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * How is each neuron of a model distributed over a corpus, and on which tokens is it most active?
 *
 * Paper:    Gurnee et al. 2024, sections 4.2 and 5; spec/universal_neurons.md section 1.6.
 * Shapes:   tokens int32 [rows, ctx]; neuron_bin_counts [L·F, 257], max_activating_value [L·F, 50].
 * Command:  deno task un:summary --model tiny-gpt2-a --tokens rows/tokens.safetensors
 * Time:     see docs/summary.md.
 * Expected: universal neurons of GPT-2 are sparse and skewed to the right (1475 of 1533 have skew > 0).
 */
import { basename } from "node:path";
import { commonOptions, sumsMemory } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { summaryFigures } from "../../lib/figure/universal_neurons/summary_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { readCorpusRows } from "../../lib/model/corpus_rows.ts";
import { describeRun } from "../../lib/model/describe_run.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { reportWitness } from "../../lib/model/witness.ts";
import { PRE_EDGES } from "../../lib/neuron/activity/bins.ts";
import { computeSummary } from "../../lib/neuron/activity/compute.ts";
import { SUMMARY_OPTIONS } from "../../lib/neuron/activity/options.ts";
import { describePlan, planSummary } from "../../lib/neuron/activity/plan.ts";
import { standingNeurons, tokenTable } from "../../lib/neuron/activity/report.ts";
import { setUpSummary, type SummarySetup } from "../../lib/neuron/activity/setup.ts";
import { witnessExamples } from "../../lib/neuron/activity/witness.ts";
import { type PooledResult, writeResults } from "../../lib/neuron/activity/write_results.ts";
import { sha256Json } from "../../lib/store/hash.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/summary",
  task: "un:summary",
  paper: "Gurnee et al. 2024",
  figure: "activation columns of the neuron table; sections 4.2 and 5",
  title: "What neurons do over a corpus",
  question: "How is each neuron distributed over a corpus, and on which tokens is it most active?",
  minutes: "seconds for the embedded models; --dry-run prints the work of others",
  outputs: [
    "arrays.safetensors: neuron_bin_counts [L·F, 257], pre_mean .. pre_kurt [L·F], " +
    "max_activating_value, _index [L·F, 50], max_activating_context [L·F, 20, 41], vocab_mean, " +
    "vocab_max with _ix [L·F, 100]",
    "subset_<name>.safetensors: the same of each subset, where rows are labelled",
    "tables/neurons.parquet, tables/neurons_<name>.parquet: one row a neuron",
    "summary.json: spread of sparsity and kurtosis; dead, constant and non-finite neurons",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task un:summary --model tiny-gpt2-a --tokens rows/tokens.safetensors",
};

const { check: _check, ...common } = commonOptions("cache/results/universal_neurons/summary");

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-small-a", paper: "stanford-gpt2-small-a" },
  ...TOKEN_OPTIONS,
  ...SUMMARY_OPTIONS,
  ...common,
  memory: sumsMemory("tokens"),
});

type Context = ScriptContext<typeof options>;

async function setUp({ directory }: Session, { options: given }: Context) {
  const config = await readConfig(directory);
  const setup = setUpSummary(await readCorpusRows(given, [config]), given, config.vocabSize);
  return { config, setup, plan: planSummary(config, setup, given) };
}

async function witness(
  session: Session,
  { examples: { values, offsets } }: PooledResult,
  { setup, context }: { setup: SummarySetup; context: Context },
) {
  const { witness: count, seed } = context.options;
  if (count === 0) return;
  const results = {
    values: values.data as Float32Array,
    offsets: offsets.data as Int32Array,
    tokens: setup.tokens,
  };
  note(reportWitness(await witnessExamples(session.directory, results, { count, seed })));
}

async function writeRun(run: RunFolder, session: Session, context: Context): Promise<void> {
  const { csv, checkpointMinutes, minCount } = context.options;
  const { config, setup, plan } = await setUp(session, context);
  const { identity, directory } = run;
  const { passes, rowsPerBlock, blocks } = plan;
  const model = await session.model();
  const { results, work } = await (async () => {
    using progress = startProgress({
      label: "summary",
      total: passes.length * blocks,
      unit: "blocks",
    });
    return await computeSummary(model, setup, plan, {
      directory,
      key: sha256Json({
        identity,
        passes: passes.flat().map((slice) => ({ ...slice })),
        rowsPerBlock,
      }),
      checkpointMinutes,
      signal: context.signal,
      onProgress: (done) => progress.set(done),
    });
  })();
  const { nLayer: layers, dMlp: width } = config;
  const names = { script: meta.id, model: session.label, layers, width, csv };
  const pooled = await writeResults(run, setup, { results, names });
  await witness(session, pooled, { setup, context });
  const shown = standingNeurons(pooled.columns, pooled.bins, width);
  const arrays = { ...pooled.examples, means: pooled.means };
  const figures = summaryFigures({
    model: basename(session.label),
    layers: pooled.columns.sparsity.map((_, i) => Math.floor(i / width)),
    sparsity: pooled.columns.sparsity,
    neurons: shown,
    edges: PRE_EDGES,
    table: await tokenTable(session.directory, shown, { tokens: setup.tokens, arrays }),
  });
  const facts = { tokens: setup.tokens.data.length, minCount };
  await writeReport(run, figures, { ...reportFrame(context, session, facts), numbers: [] });
  await work.remove();
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  return modelRun(context, {
    plan: async (session) => {
      const { config, setup, plan } = await setUp(session, context);
      return `${session.label}: ${describePlan(config, setup, plan)}`;
    },
    files: () => ({ tokens: context.options.tokens }),
    write: (run, session) => writeRun(run, session, context),
    describe: (run) => describeRun(run),
  });
}

if (import.meta.main) await runScript(meta, options, main);
