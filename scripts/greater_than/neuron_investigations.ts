#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Which neurons of one late MLP compute greater-than, and what does each write to the logits?
 *
 * Paper:    Hanna, Liu, Variengien 2023, section 4 on neurons of MLP 10, and the appendix.
 * Shapes:   neuron_order int32 [F], neuron_scores [F]; neuron_lens, neuron_direct_effects
 *           [K, 97, 100]; neuron_lens_sum_top<n>, neuron_direct_sum_top10, neuron_joint_top10 [97, 100].
 * Command:  deno task gt:neuron-investigations --model gpt2
 * Time:     seconds for the embedded models.
 * Expected: docs/neuron_investigations.md has the numbers of the embedded models.
 */
import { allToFloat32 } from "../../lib/array.ts";
import { baselineRun } from "../../lib/circuit/rounds/baseline_run.ts";
import { promptArrays } from "../../lib/circuit/task/behaviour_arrays.ts";
import { asksYears, contrastTask, taskSize } from "../../lib/circuit/task/contrast_task.ts";
import { LEAST_TOP, neuronExperiment } from "../../lib/circuit/experiments/neuron_experiment.ts";
import {
  effectArrays,
  type NeuronSummaries,
  neuronTable,
  patchTable,
  reportNeurons,
  summarizeNeurons,
  tableOfNeurons,
} from "../../lib/circuit/experiments/neuron_numbers.ts";
import { askedLayer, settledLayer } from "../../lib/circuit/neurons/asked_layer.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { nothingToCheck } from "../../lib/circuit/paper/unpublished.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { checkCount, PROMPTS_OPTION } from "../../lib/cli/prompt_options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import { neuronFigures } from "../../lib/figure/greater_than/neuron_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { describeTable } from "../../lib/model/describe_run.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import type { TextTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import type { SummaryNumbers } from "../../lib/store/run/summary.ts";
import { askedPrompts } from "../../lib/text/asked_prompts.ts";
import { makeYearPrompts, orderedYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/neuron_investigations",
  task: "gt:neuron-investigations",
  paper: "Hanna et al. 2023",
  figure: "figures of neurons and appendix",
  title: "Greater-than: neurons",
  question: "Which neurons of one late MLP compute greater-than, and what does each write?",
  minutes: "seconds for the embedded models",
  outputs: [
    "arrays.safetensors: neuron_order, neuron_scores [F], neuron_lens, neuron_direct_effects",
    "  [K, 97, 100], their sums, neuron_joint_top10 [97, 100], prompts",
    "tables/neurons.parquet: one row a neuron; tables/examples.parquet: one row a prompt",
    "summary.json: the first neurons, their sum, and them together, with sd and 95 % intervals",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task gt:neuron-investigations --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 490,
    min: 1,
    max: 100_000,
    unit: "prompts",
    paper: 490,
    description: "Prompts to draw, balanced over the start years 02 to 98.",
  },
  ordered: {
    type: "boolean",
    description: "Instead the 97 prompts that the paper meant: years 1702 to 1798, in order.",
  },
  layer: {
    type: "integer",
    min: 0,
    max: 1000,
    paper: 10,
    description: "Layer of the MLP; 10 on gpt2, else that of the largest direct effect.",
  },
  top: {
    type: "integer",
    default: LEAST_TOP,
    min: LEAST_TOP,
    max: 500,
    unit: "neurons",
    paper: 11,
    description: "How many of the first neurons are looked at one by one.",
  },
  prompts: PROMPTS_OPTION,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/neuron_investigations"),
});

type Context = ScriptContext<typeof options>;

async function openTask({ directory }: Session, { options: given }: Context) {
  const make = given.ordered ? orderedYearPrompts : makeYearPrompts;
  const draw = (tokenizer: TextTokenizer) => make(tokenizer, given);
  return contrastTask(await askedPrompts(directory, given.prompts, draw));
}

/** The layer that needs no search; the model's name has a say, so the record keeps it. */
function layerOf({ label }: Session, { options: { layer } }: Context): number | undefined {
  return settledLayer(layer, label);
}

async function investigate(session: Session, context: Context) {
  const { memory, seed, top, witness: count } = context.options;
  const task = await openTask(session, context);
  using programs = new NodePrograms(await session.model());
  const rounds = { memory, signal: context.signal };
  const { layer, arrays } = await askedLayer(layerOf(session, context), { programs, task }, {
    ...rounds,
    seed,
  });
  using progress = startProgress({ label: "neurons", unit: "parts" });
  const experiment = await neuronExperiment(programs, task, { layer, top }, {
    ...rounds,
    onPart: (done, total) => progress.set(done, total),
  });
  await session.witness(baselineRun(task, experiment.baseline), { count, seed });
  return { task, experiment, chosenBy: arrays };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { label: model } = session;
  const { task, experiment, chosenBy } = await investigate(session, context);
  const { layer } = experiment;
  const summaries = summarizeNeurons(experiment, context.options.seed);
  const arrays = {
    ...experiment.arrays,
    ...allToFloat32(effectArrays(summaries)),
    ...chosenBy,
  };
  await run.writeArrays({ ...promptArrays(task), ...arrays });
  await run.writeTable("neurons", neuronTable(experiment));
  await run.writeTable("examples", patchTable(experiment, task));
  const count = taskSize(task);
  await run.writeSummary({ model, count, ...summaries } as unknown as SummaryNumbers);
  const figures = neuronFigures(asksYears(task) ? arrays : {}, {
    model: modelTitle(model),
    isPaperModel: isPaperModel(model),
    layer,
  });
  await writeReport(run, figures, {
    ...reportFrame(context, session, { count, layer, rule: summaries.rule }),
    numbers: reportNeurons(summaries),
  });
}

function checkOptions({ check, ordered, prompts }: Context["options"]): void {
  if (check) throw nothingToCheck(meta.id);
  if (!ordered || prompts === undefined) return;
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--ordered",
    is: "given beside --prompts",
    expected: "one of the two",
    hint: "leave out --ordered; results are ordered by start year either way",
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { prompts, ordered, count } = context.options;
  checkOptions(context.options);
  checkCount(context.sources, prompts ? "--prompts" : ordered && "--ordered");
  const layer = (session: Session) => layerOf(session, context) ?? "found";
  return await modelRun(context, {
    plan: (session) =>
      `${prompts ?? (ordered ? "the 97 ordered" : count)} prompts, MLP ${layer(session)}`,
    files: () => ({ prompts }),
    decided: (session) => ({ layer: layer(session) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) =>
      describeTable(run, (summary) => tableOfNeurons(summary as unknown as NeuronSummaries)),
  });
}

if (import.meta.main) await runScript(meta, options, main);
