#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Do some neurons set how certain a prediction is, by the scale of the final layer norm?
 *
 * Paper:    Gurnee et al. 2024, section 5.3 and figure 5; spec/universal_neurons.md section 1.12.
 * Shapes:   full_entropy .. frozen_scale_scale_change_se [S, P], S sets of neurons, P values.
 * Command:  deno task un:entropy-intervention --model tiny-gpt2-a --tokens TOKENS
 * Time:     seconds for the embedded models; docs/entropy_intervention.md has others.
 * Expected: stanford-gpt2-small-a, neuron 11.3030 held at 6: entropy 4.7 nats of 2.69 (figure).
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { interventionFigures } from "../../lib/figure/universal_neurons/intervention_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { reportWitness } from "../../lib/model/witness.ts";
import { CHANGES, takesValue, VALUE_TITLES } from "../../lib/neuron/intervene/change.ts";
import { folderCheckpoint } from "../../lib/neuron/intervene/checkpoint.ts";
import {
  type InterventionSummary,
  meansArrays,
  meansSummary,
  meansTable,
  neuronSeries,
  summaryRows,
} from "../../lib/neuron/intervene/outputs.ts";
import { checkMeans, paperMeans, reportMeans } from "../../lib/neuron/intervene/paper_means.ts";
import { SET_OPTIONS } from "../../lib/neuron/intervene/set_options.ts";
import type { InterventionRequest } from "../../lib/neuron/intervene/request.ts";
import { runInterventions } from "../../lib/neuron/intervene/run_interventions.ts";
import { changesOf, describePlan, setUpInterventions } from "../../lib/neuron/intervene/setup.ts";
import { cosineArrays } from "../../lib/neuron/intervene/vocabulary_cosines.ts";
import { InterventionWitness } from "../../lib/neuron/intervene/witness.ts";
import { openRowArrays } from "../../lib/neuron/row_arrays.ts";
import { streamSafetensors } from "../../lib/store/format/safetensors_stream.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/entropy_intervention",
  task: "un:entropy-intervention",
  paper: "Gurnee et al. 2024",
  figure: "figure 5, section 5.3",
  title: "Entropy neurons",
  question:
    "Do some neurons set how certain a prediction is, by the scale of the final layer norm?",
  minutes: "under a minute for the embedded models; docs/entropy_intervention.md has others",
  outputs: [
    "arrays.safetensors: {full,frozen_scale}_{loss,entropy,rank,reciprocal_rank,scale} [S, P] with " +
    "_sd, _se, _change, _change_se; nominal_* [3]; values [P]; vocab_cosine_counts [n, 199] of all " +
    "neurons with vocab_cosine_edges [200]",
    "tables/interventions.parquet: one row a set of neurons, value and arm",
    "tokens.safetensors with --per-token: loss, entropy, rank, scale [B, T] of every intervention",
    "summary.json: the neurons and how they were chosen, their means, the unchanged model's",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task un:entropy-intervention --model tiny-gpt2-a --tokens rows/tokens.safetensors",
};

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-small-a", paper: "stanford-gpt2-small-a" },
  ...TOKEN_OPTIONS,
  ...SET_OPTIONS,
  type: {
    type: "choice",
    choices: CHANGES,
    default: "fixed_activation",
    paper: "fixed_activation",
    description: "What is done to the activations, at every position.",
  },
  values: {
    type: "list",
    of: "number",
    default: [-0.17, 0, 1, 2, 3, 4, 5, 6],
    paper: "-0.17,0,1,2,3,4,5,6",
    description: "Values of fixed, threshold (upper bound) and multiply.",
  },
  location: {
    type: "choice",
    choices: ["mlp.hook_post", "mlp.hook_pre"],
    default: "mlp.hook_post",
    paper: "mlp.hook_post",
    description: "Where: after the GELU or before it.",
  },
  frozen: {
    type: "boolean",
    default: true,
    description: "Also with the final layer norm's scale held at that of the unchanged run.",
  },
  positions: {
    type: "choice",
    choices: ["valid", "all"],
    default: "valid",
    paper: "valid",
    description: "Tokens that count; valid leaves out special tokens and each row's last.",
  },
  perToken: { type: "boolean", description: "Keep the results of every token." },
  csv: { type: "boolean", description: "Write tables/interventions.csv too." },
  ...commonOptions("cache/results/universal_neurons/entropy_intervention"),
});

type Context = ScriptContext<typeof options>;

async function writeResults(
  run: RunFolder,
  session: Session,
  { options: given, ...rest }: Context,
) {
  const { signal } = rest;
  const { tokens, chosen } = await setUpInterventions(session, given, signal);
  const { location, frozen, memory, positions, witness: count, seed, type, values } = given;
  const { sets } = chosen;
  note(`neurons ${chosen.rule}: ${sets.map(({ name }) => name).join(" ")}`);
  using progress = startProgress({ label: "interventions", unit: "rows" });
  const onProgress = (done: number, total: number) => progress.set(done, total);
  const changes = changesOf(type, values);
  const request: InterventionRequest = {
    ...{ sets, location, frozen, changes, memory, signal, onProgress },
  };
  const witness = new InterventionWitness(request, tokens, { count, seed });
  await using tokenArrays = given.perToken ? await openRowArrays(run.directory) : undefined;
  const means = await runInterventions(await session.model(), tokens, request, {
    ...{ positions, tokenArrays },
    onBlock: (block) => witness.see(block),
    checkpoint: given.perToken ? undefined : folderCheckpoint(run),
    onResume: (rows) => note(`going on from row ${rows}, by the checkpoint of a run that was cut`),
  });
  if (count > 0) note(reportWitness(await witness.testify(session.directory, session.gelu)));
  await run.writeArrays({
    ...meansArrays(request, means),
    ...await cosineArrays(session, sets, signal),
  });
  await run.writeTable("interventions", meansTable(request, means), { csv: given.csv });
  if (tokenArrays) {
    const metadata = { suite: "neurite", script: meta.id };
    await run.writeFile("tokens.safetensors", streamSafetensors(tokenArrays.streams(), metadata));
  }
  const { label: model } = session;
  const [rows] = tokens.shape as [number];
  const numbers = {
    ...{
      model,
      rows,
      tokens: means.tokens,
      type,
      location,
      positions,
      values: takesValue(type) ? [...values] : [],
    },
    ...meansSummary(request, means, chosen),
  };
  await run.writeSummary(numbers, paperMeans(model, numbers));
  const figures = interventionFigures({
    model: basename(model),
    valueTitle: VALUE_TITLES[type],
    values: changes.map(({ value }) => value),
    nominal: numbers.nominal,
    neurons: neuronSeries(request, means),
  });
  await writeReport(run, figures, {
    ...reportFrame({ options: given, ...rest }, session, { rows, rule: chosen.rule }),
    numbers: reportMeans(model, numbers),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { options: given } = context;
  changesOf(given.type, given.values);
  const table = (folder?: string) => folder && join(folder, "tables", "neurons.parquet");
  return modelRun(context, {
    files: () => ({
      tokens: given.tokens,
      "weights/neurons": table(given.weights),
      "summary/neurons": table(given.summary),
    }),
    plan: (session) => describePlan(session, given),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describe(run, given.check),
  });
}

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(run: FinishedRun, check: boolean): Promise<ScriptResult> {
  const summary = await run.summary();
  const failure = check ? checkMeans(summary) : undefined;
  const { heads, rows } = summaryRows(summary as unknown as InterventionSummary);
  return {
    text: `${terminalTable(heads, rows)}${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
