#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Which tokens' logits do neurons move, up or down, and which feature do these tokens share?
 *
 * Paper:    Gurnee et al. 2024, section 5.1; spec/universal_neurons.md sections 1.15 and 1.17.
 * Shapes:   vocab_kurt, vocab_skew [L·F] of each model; scores [n, F] of n neurons and F features.
 * Command:  deno task un:prediction --models tiny-gpt2-a,tiny-gpt2-b
 * Time:     seconds for the embedded models; --dry-run prints the work of others.
 * Expected: medium-a..e: 130.8, 142.2, 207.2, 339.2 neurons of kurtosis above 10 in layers 20 to 23.
 */
import { join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { predictionFigures } from "../../lib/figure/universal_neurons/prediction_figures.ts";
import { momentFigure } from "../../lib/figure/universal_neurons/prediction_percentiles.ts";
import { type FigureEntry, writeReport } from "../../lib/figure/write_report.ts";
import { modelFiles } from "../../lib/model/model_files.ts";
import { type ModelRun, modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { type Activations, openActivations } from "../../lib/neuron/cached/open_activations.ts";
import { readNeurons } from "../../lib/neuron/neurons.ts";
import { computePrediction, type PredictionResult } from "../../lib/neuron/prediction/compute.ts";
import { namedTable, readNamed } from "../../lib/neuron/prediction/named_table.ts";
import { EFFECTS } from "../../lib/neuron/prediction/predict.ts";
import { checkPrinted, type PrintedNumbers } from "../../lib/neuron/prediction/published.ts";
import {
  checkActivations,
  describePlan,
  findModels,
  lastLayers,
  LAYOUTS,
  type PredictionModels,
} from "../../lib/neuron/prediction/setup.ts";
import { writePrediction } from "../../lib/neuron/prediction/write_results.ts";
import { SMALL_NORM } from "../../lib/neuron/vocabulary/norms.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/prediction",
  task: "un:prediction",
  paper: "Gurnee et al. 2024",
  figure: "prediction, suppression and their duplicates, section 5.1; models by size, appendix",
  title: "Prediction neurons",
  question: "Which tokens do neurons make more or less likely, and what do these have in common?",
  minutes: "seconds for the embedded models; --dry-run prints the work of others",
  outputs: [
    "tables/neurons.parquet: best feature, scores and flag of suppression of each scored neuron",
    "tables/moments.parquet: vocab_kurt, vocab_skew of every neuron of every model",
    "tables/features.parquet, arrays.safetensors: the features; five scores [n, F]",
    "summary.json; figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task un:prediction --models tiny-gpt2-a,tiny-gpt2-b,tiny-gpt2-c",
};

const { witness: _witness, ...common } = commonOptions(
  "cache/results/universal_neurons/prediction",
);

export const options = defineOptions({
  models: {
    type: "list",
    default: ["stanford-gpt2-medium-a"],
    paper: "stanford-gpt2-medium-a .. e",
    affects: "run",
    description:
      "Directories, embedded names, aliases or Hub ids; neurons of the first are scored.",
  },
  layout: {
    type: "choice",
    choices: LAYOUTS,
    description: "Several models as seeds of one, or beside each other; seeds if of one size.",
  },
  kurt: {
    type: "number",
    default: 10,
    min: 0,
    paper: 10,
    description: "Score neurons of a larger vocabulary kurtosis (3 is a Gaussian's).",
  },
  neurons: { type: "list", description: "Score these neurons instead, as layer.index." },
  effect: {
    type: "choice",
    choices: EFFECTS,
    default: "logit",
    paper: "logit",
    description: "What is scored and drawn: W_U·w_out, or its cosine.",
  },
  minTokens: {
    type: "integer",
    default: 3,
    min: 1,
    paper: 1,
    unit: "tokens",
    description: "Tokens that a feature must hold of to name a neuron.",
  },
  smallNorm: {
    type: "number",
    default: SMALL_NORM,
    min: 0,
    paper: SMALL_NORM,
    description: "Length below which a token's embedding is small.",
  },
  topics: { type: "path", description: "CSV or Parquet of topics, a row a token." },
  draws: {
    type: "integer",
    default: 10,
    min: 0,
    max: 1000,
    unit: "permutations",
    description: "Permutations of the chance baseline; 0 for none.",
  },
  lastLayers: {
    type: "integer",
    min: 1,
    max: 6,
    unit: "layers",
    paper: 4,
    description: "Last layers in the densities of skew; a sixth of all when absent.",
  },
  activations: {
    type: "path",
    description:
      "Folder of a run of un:activations of the first model, for activations beside effects.",
  },
  ...common,
});

type Context = ScriptContext<typeof options>;

/** The frame of the scripts names the first model `model`. */
function frameContext(context: Context) {
  return { ...context, options: { ...context.options, model: context.options.models[0]! } };
}

function figures(
  { moments, named, panels }: PredictionResult,
  { models, layout }: PredictionModels,
  { options: { kurt, effect, lastLayers: asked } }: Context,
): FigureEntry[] {
  const look = { layout, border: kurt, lastLayers: lastLayers(models[0]!.config, asked) };
  const { chosenBy, ...shown } = panels;
  const unit = effect === "logit" ? "Logit effect" : "Cosine";
  const chosen = chosenBy === "paper" ? "the paper's" : "found by reduction in variance";
  const { model } = moments[0]!;
  return [
    { ...momentFigure(moments, look), table: namedTable(named) },
    ...predictionFigures({ model, unit, chosen, ...shown }),
  ];
}

async function writeResults(
  run: RunFolder,
  session: Session,
  { found, activations, context }: {
    found: PredictionModels;
    activations: Activations | undefined;
    context: Context;
  },
): Promise<void> {
  const { options: given, signal } = context;
  using progress = startProgress({ label: "prediction", unit: "steps" });
  const onProgress = (done: number, total: number) => progress.set(done, total);
  const work = { activations, signal, onProgress };
  const result = await computePrediction(session.device, found, given, work);
  const { kurt, effect } = given;
  const numbers = await writePrediction(run, result, { layout: found.layout, kurt, effect });
  const frame = reportFrame(frameContext(context), session, { models: found.labels });
  await writeReport(run, figures(result, found, context), { ...frame, numbers });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given } = context;
  const found = await findModels(given.models, given.layout);
  // Before the folder is touched: a wrong name is told at once.
  readNeurons(given.neurons, found.models[0]!.config, "--neurons");
  await using scope = new AsyncDisposableStack();
  const activations = given.activations === undefined
    ? undefined
    : scope.use(await openActivations(given.activations));
  if (activations) await checkActivations(activations, found.models[0]!);
  const others = await Promise.all(
    found.models.slice(1).map(async ({ directory }, i) =>
      (await modelFiles(directory)).map((path, k) => [`model-${i + 2}/${k}`, path] as const)
    ),
  );
  const work: ModelRun = {
    plan: () => describePlan(found, given),
    files: () => ({ topics: given.topics, ...Object.fromEntries(others.flat()) }),
    decided: () => ({
      models: found.labels,
      layout: found.layout,
      ...(activations && { activations: activations.run.record.identity }),
    }),
    write: (run, session) => writeResults(run, session, { found, activations, context }),
    describe: (run) => describe(run, given.check),
  };
  return await modelRun(frameContext(context), work);
}

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(run: FinishedRun, check: boolean): Promise<ScriptResult> {
  const summary = await run.summary() as unknown as {
    model: string;
    "kurtosis_above": number;
    "largest_kurtosis": Record<string, number>;
    printed: PrintedNumbers;
  };
  const { columns, rows } = readNamed(await run.table("neurons"));
  const failure = check ? checkPrinted(summary.printed) : undefined;
  if (rows.length === 0) {
    const { model, kurtosis_above: border, largest_kurtosis: largest } = summary;
    note(
      `no neuron of ${model} has a vocabulary kurtosis above ${border}: the largest is ` +
        `${largest[model]!.toPrecision(3)}, and none is scored; --kurt sets the border`,
    );
  }
  return {
    text: terminalTable(columns, rows) + `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
