#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Which heads and MLPs answer "The war lasted from the year 1732 to the year 17", and by which edges?
 *
 * Paper:    Hanna, Liu, Variengien 2023, sections 2 to 4; figures 2, 4 to 8, 10 and the appendix.
 * Shapes:   good_tokens, bad_tokens int32 [N, T]; probs [97, 100]; ipp_*, attn_*, mlp* [L, H + 1].
 * Command:  deno task gt:circuit-discovery --model gpt2
 * Time:     seconds for the embedded models; for GPT-2 small see docs/circuit_discovery.md.
 * Expected: gpt2 prob diff 0.817 (sd 0.193), cutoff sharpness 0.060; its circuit alone 0.727, 89.5 %.
 */
import { askedCircuit, CIRCUIT_OPTIONS } from "../../lib/circuit/search/asked_circuit.ts";
import { attentionPatterns } from "../../lib/circuit/task/attention_patterns.ts";
import { taskBehaviour } from "../../lib/circuit/task/behaviour.ts";
import { behaviourArrays, promptArrays } from "../../lib/circuit/task/behaviour_arrays.ts";
import { circuitChoice, circuitFile } from "../../lib/circuit/search/choose_circuit.ts";
import { circuitText } from "../../lib/circuit/graph/circuit.ts";
import { circuitExperiment } from "../../lib/circuit/experiments/circuit_experiment.ts";
import { type ContrastTask, contrastTask, taskSize } from "../../lib/circuit/task/contrast_task.ts";
import { exampleColumns } from "../../lib/circuit/task/example_columns.ts";
import { describeYears } from "../../lib/circuit/paper/describe_years.ts";
import { circuitGraph, measuredRuns } from "../../lib/circuit/paper/figure_inputs.ts";
import { summarize } from "../../lib/circuit/task/measures.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import {
  isPaperModel,
  modelTitle,
  PAPER_SUMMARY,
  type Summaries,
  yearNumbers,
} from "../../lib/circuit/paper/paper_numbers.ts";
import { circuitRoles } from "../../lib/circuit/graph/routes.ts";
import { allToFloat32, type HostArray } from "../../lib/array.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { checkCount, PROMPTS_OPTION } from "../../lib/cli/prompt_options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { attentionFigures } from "../../lib/figure/greater_than/attention_figures.ts";
import { circuitFigures } from "../../lib/figure/greater_than/circuit_figures.ts";
import { measureFigures } from "../../lib/figure/greater_than/circuit_measures.ts";
import { diagramFigure } from "../../lib/figure/greater_than/diagram_figure.ts";
import { yearFigures } from "../../lib/figure/greater_than/year_figures.ts";
import { type FigureEntry, writeReport } from "../../lib/figure/write_report.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import type { TextTokenizer } from "../../lib/model/tokenizer.ts";
import type { SummaryNumbers } from "../../lib/store/run/summary.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { askedPrompts } from "../../lib/text/asked_prompts.ts";
import { makeYearPrompts, YEAR_PROMPT_LABELS } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/circuit_discovery",
  task: "gt:circuit-discovery",
  paper: "Hanna et al. 2023",
  figure: "figures 2, 4 to 8, 10 and appendix",
  title: "Greater-than: behaviour and circuit",
  question: "Which heads and MLPs put the model's probability on years after the start year?",
  minutes: "seconds for the embedded models; minutes for gpt2 on 2 cores",
  outputs: [
    "arrays.safetensors: probs [97, 100], ipp_*, attn_*, mlp* [L, H + 1], logit_lens_*, prompts",
    "circuit.json: the circuit, each edge with the change it alone makes",
    "tables/examples.parquet: one row a prompt",
    "summary.json: means, standard deviations, 95 % intervals, the paper's numbers beside them",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task gt:circuit-discovery --model gpt2",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 490,
    min: 1,
    max: 1_000_000,
    unit: "prompts",
    paper: 490,
    description: "Prompts to draw, balanced over the start years 02 to 98.",
  },
  ...CIRCUIT_OPTIONS,
  prompts: PROMPTS_OPTION,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/circuit_discovery"),
});

type Context = ScriptContext<typeof options>;

async function openTask({ directory }: Session, { options: given }: Context) {
  const draw = (tokenizer: TextTokenizer) => makeYearPrompts(tokenizer, given);
  return contrastTask(await askedPrompts(directory, given.prompts, draw));
}

async function answer(session: Session, task: ContrastTask, context: Context) {
  const { memory, witness: count, seed } = context.options;
  using progress = startProgress({ label: "prompts", total: taskSize(task), unit: "prompts" });
  const behaviour = await taskBehaviour(await session.model(), task, {
    memory,
    signal: context.signal,
    onProgress: (done) => progress.set(done),
  });
  await session.witness(behaviour.forward, { count, seed });
  return behaviour;
}

/** The circuit that was asked for, and everything the paper measures of it. */
async function searchCircuit(session: Session, task: ContrastTask, context: Context) {
  const { memory, seed } = context.options;
  const model = await session.model();
  using programs = new NodePrograms(model);
  const circuit = await askedCircuit(session.label, { programs, task }, {
    ...context.options,
    signal: context.signal,
  });
  if (!circuit) return undefined;
  const { heads } = circuitRoles(circuit.edges);
  const run = { memory, signal: context.signal };
  using progress = startProgress({ label: "circuit", unit: "parts" });
  const experiment = await circuitExperiment(model, task, circuit, {
    ...run,
    seed,
    onPart: (done, total) => progress.set(done, total),
  });
  const patterns = await attentionPatterns(model, task, { ...run, heads });
  const arrays = { ...experiment.arrays, ...patterns };
  return { ...experiment, arrays, layers: model.config.nLayer };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { options: given } = context;
  const task = await openTask(session, context);
  const behaviour = await answer(session, task, context);
  const search = await searchCircuit(session, task, context);
  const arrays = {
    ...behaviourArrays(task, behaviour),
    ...allToFloat32(search?.arrays ?? {}),
  };
  await run.writeArrays({ ...promptArrays(task), ...arrays });
  await run.writeTable("examples", exampleColumns(task, { "": behaviour }));
  if (search) await run.writeText("circuit.json", circuitText(search.circuit));
  const { label: model } = session;
  const count = taskSize(task);
  const baseline = { ...summarize(behaviour, given.seed), ratio: 1 };
  const summaries: Summaries = { baseline, ...search?.evaluations };
  const paper = task.YY && { baseline: PAPER_SUMMARY.baseline, ...(search && PAPER_SUMMARY) };
  const found = search && {
    circuit: search.circuit.name,
    unreachable: search.unreachable,
    lens: search.lenses,
  };
  const prompts = given.prompts === undefined ? "balanced" : "own";
  await run.writeSummary(
    { model, count, prompts, ...found, ...summaries } as SummaryNumbers,
    paper,
  );
  await writeReport(run, figuresOf(task, { session, context, arrays, summaries, search }), {
    ...reportFrame(context, session, { count, circuit: search?.circuit.provenance ?? "none" }),
    numbers: yearNumbers(model, count, summaries, { circuit: found?.circuit, prompts }),
  });
}

/** Every figure that these results can fill. */
function figuresOf(task: ContrastTask, { session: { label }, context, ...results }: {
  session: Session;
  context: Context;
  arrays: Record<string, HostArray>;
  summaries: Summaries;
  search: Awaited<ReturnType<typeof searchCircuit>>;
}): FigureEntry[] {
  const { arrays, summaries, search } = results;
  const model = modelTitle(label);
  const isPaper = isPaperModel(label);
  const behaviour = arrays.probs ? yearFigures(model, arrays.probs) : [];
  if (!search) return behaviour;
  const T = task.goodTokens.shape[1]!;
  const labels = context.options.prompts === undefined
    ? YEAR_PROMPT_LABELS
    : Array.from({ length: T }, (_, position) => String(position));
  return [
    ...behaviour,
    diagramFigure(circuitGraph(search.circuit, search.layers), { model }),
    ...measureFigures(measuredRuns(label, summaries), { model }),
    ...circuitFigures(model, arrays, isPaper),
    ...attentionFigures(arrays, { model, isPaperModel: isPaper, labels }),
  ];
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { options: given } = context;
  checkCount(context.sources, given.prompts && "--prompts");
  const choice = ({ label }: Session) => circuitChoice(given.circuit, label);
  return modelRun(context, {
    plan: (session) => `${given.prompts ?? given.count} prompts, circuit ${choice(session)}`,
    files: (session) => ({
      prompts: given.prompts,
      circuit: circuitFile(given.circuit, session.label),
    }),
    decided: (session) => ({ circuit: choice(session) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describeYears(run, given),
  });
}

if (import.meta.main) await runScript(meta, options, main);
