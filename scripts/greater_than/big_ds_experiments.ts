#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * How well does the model do greater-than on 10,000 prompts, and how much of that does its circuit keep?
 *
 * Paper:    Hanna, Liu, Variengien 2023, sections 2 and 3; the probability heatmaps and the appendix.
 * Shapes:   probs, patched_probs, full_patched_probs, probs_ms_reverse, probs_lms_reverse [97, 100];
 *           of prompts with other labels label_probs and the like [N, C].
 * Command:  deno task gt:big-ds-experiments --model gpt2
 * Time:     a minute or two for the embedded models; for GPT-2 small see docs/big_ds_experiments.md.
 * Expected: gpt2 prob diff 0.817 (sd 0.193), cutoff sharpness 0.060; its circuit alone 0.727, 89.5 %.
 */
import { toFloat32 } from "../../lib/array.ts";
import { askedCircuit, CIRCUIT_OPTIONS } from "../../lib/circuit/search/asked_circuit.ts";
import { baselineRun } from "../../lib/circuit/rounds/baseline_run.ts";
import { promptArrays } from "../../lib/circuit/task/behaviour_arrays.ts";
import { circuitChoice, circuitFile } from "../../lib/circuit/search/choose_circuit.ts";
import { circuitText } from "../../lib/circuit/graph/circuit.ts";
import { circuitTests, testMeasures } from "../../lib/circuit/rounds/circuit_tests.ts";
import {
  asksYears,
  type ContrastTask,
  contrastTask,
  taskSize,
} from "../../lib/circuit/task/contrast_task.ts";
import { exampleColumns } from "../../lib/circuit/task/example_columns.ts";
import { describeYears } from "../../lib/circuit/paper/describe_years.ts";
import { measuredRuns } from "../../lib/circuit/paper/figure_inputs.ts";
import { summarize, summarizeTests } from "../../lib/circuit/task/measures.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import {
  modelTitle,
  PAPER_SUMMARY,
  type Summaries,
  yearNumbers,
} from "../../lib/circuit/paper/paper_numbers.ts";
import { attentionLayersOf } from "../../lib/circuit/graph/routes.ts";
import { promptsThatFit } from "../../lib/circuit/rounds/prompt_runs.ts";
import { runRounds } from "../../lib/circuit/rounds/rounds.ts";
import { answerArray } from "../../lib/circuit/task/answer_rows.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { checkCount, PROMPTS_OPTION } from "../../lib/cli/prompt_options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { measureFigures } from "../../lib/figure/greater_than/circuit_measures.ts";
import { patchedFigures, yearFigures } from "../../lib/figure/greater_than/year_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import type { TextTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import type { SummaryNumbers } from "../../lib/store/run/summary.ts";
import { askedPrompts } from "../../lib/text/asked_prompts.ts";
import { makeYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/big_ds_experiments",
  task: "gt:big-ds-experiments",
  paper: "Hanna et al. 2023",
  figure: "the probability heatmaps and the appendix",
  title: "Greater-than: a large sample",
  question: "How much of the model's behaviour does its circuit keep, on 10,000 prompts?",
  minutes: "a minute or two for the embedded models",
  outputs: [
    "arrays.safetensors: probs, patched_probs, full_patched_probs, probs_*_reverse [97, 100], prompts",
    "circuit.json: the circuit that was tested",
    "tables/examples.parquet: one row a prompt, with the measures of every test",
    "summary.json: means, standard deviations, 95 % intervals, the paper's numbers beside them",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task gt:big-ds-experiments --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: "prompts",
    paper: 10_000,
    description: "Prompts to draw, their start years uniform over the valid ones.",
  },
  ...CIRCUIT_OPTIONS,
  prompts: PROMPTS_OPTION,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/big_ds_experiments"),
});

type Context = ScriptContext<typeof options>;

/** What the answers under each test are called. */
const ARRAYS = {
  ms: "patched_probs",
  "ms_reverse": "probs_ms_reverse",
  lms: "full_patched_probs",
  "lms_reverse": "probs_lms_reverse",
} as const;

async function openTask({ directory }: Session, { options: { prompts, count, seed } }: Context) {
  const draw = (tokenizer: TextTokenizer) =>
    makeYearPrompts(tokenizer, { count, seed, balanced: false });
  return contrastTask(await askedPrompts(directory, prompts, draw));
}

/** Few: the tests take a prompt as fast in small rounds, whose runs take less memory. */
const PROMPTS_A_ROUND = 256;

/** The model's own answers and the tests of its circuit, from the same rounds of prompts. */
async function measureAll(session: Session, task: ContrastTask, context: Context) {
  const { memory, witness: count, seed } = context.options;
  const { signal } = context;
  using programs = new NodePrograms(await session.model());
  const circuit = await askedCircuit(session.label, { programs, task }, {
    ...context.options,
    signal,
  });
  const tests = circuit && circuitTests(task, circuit);
  const request = {
    parts: [...tests?.values() ?? []],
    attentionLayers: circuit ? attentionLayersOf(circuit.edges) : [],
  };
  using progress = startProgress({ label: "tests", unit: "parts of rounds" });
  const baseline = await runRounds(programs, task, request, {
    promptsARound: Math.min(PROMPTS_A_ROUND, promptsThatFit(programs.model, task, request)),
    memory,
    signal,
    onPart: (done, total) => progress.set(done, total),
  });
  await session.witness(baselineRun(task, baseline), { count, seed });
  return { baseline, circuit, tests };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { seed } = context.options;
  const { label: model } = session;
  const task = await openTask(session, context);
  const count = taskSize(task);
  const { baseline, circuit, tests } = await measureAll(session, task, context);
  const found = [...tests ?? []].map(([name, test]) => ({
    name,
    test,
    probs: toFloat32(test.array()),
  }));
  const probs = toFloat32(answerArray(task, baseline.probabilities));
  const prefix = asksYears(task) ? "" : "label_";
  await run.writeArrays({
    ...promptArrays(task),
    [`${prefix}probs`]: probs,
    ...Object.fromEntries(found.map(({ name, probs }) => [prefix + ARRAYS[name], probs])),
  });
  await run.writeTable(
    "examples",
    exampleColumns(task, {
      "": baseline,
      ...Object.fromEntries(found.map(({ name, test }) => [`${name}_`, test.measures()])),
    }),
  );
  if (circuit) await run.writeText("circuit.json", circuitText(circuit));
  const summaries: Summaries = {
    baseline: { ...summarize(baseline, seed), ratio: 1 },
    ...(tests && summarizeTests(baseline, testMeasures(tests), seed)),
  };
  const paper = task.YY && { baseline: PAPER_SUMMARY.baseline, ...(circuit && PAPER_SUMMARY) };
  const on = {
    prompts: context.options.prompts === undefined ? "drawn" : "own",
    ...(circuit && { circuit: circuit.name }),
  };
  await run.writeSummary({ model, count, ...on, ...summaries } as SummaryNumbers, paper);
  const title = modelTitle(model);
  const patched = Object.fromEntries(found.map(({ name, probs }) => [name, probs]));
  await writeReport(run, [
    ...(asksYears(task) ? yearFigures(title, probs) : []),
    ...measureFigures(measuredRuns(model, summaries), { model: title }),
    ...(asksYears(task) ? patchedFigures(title, patched) : []),
  ], {
    ...reportFrame(context, session, { count, circuit: circuit?.provenance ?? "none" }),
    numbers: yearNumbers(model, count, summaries, on),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { count, circuit, check, prompts } = context.options;
  checkCount(context.sources, prompts && "--prompts");
  const choice = ({ label }: Session) => circuitChoice(circuit, label);
  return modelRun(context, {
    plan: (session) => `${prompts ?? count} prompts in rounds, circuit ${choice(session)}`,
    files: (session) => ({
      prompts,
      circuit: circuitFile(circuit, session.label),
    }),
    decided: (session) => ({ circuit: choice(session) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describeYears(run, { check }),
  });
}

if (import.meta.main) await runScript(meta, options, main);
