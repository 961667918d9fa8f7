#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * How far does the circuit reach: other sentences, bare years, prices, and tasks that ask for less-than?
 *
 * Paper:    Hanna, Liu, Variengien 2023, the section on generalization, and the appendix.
 * Shapes:   of task k: good_tokens_k, bad_tokens_k int32 [97, T]; probs_k, probs_<test>_k [97, 100];
 *           ipp_k, m<layer>_k [L, H + 1], each with _sd and _ci.
 * Command:  deno task gt:sequence-generalization --model gpt2
 * Time:     a minute or two for the embedded models.
 * Expected: docs/sequence_generalization.md has the numbers of the embedded models.
 */
import { askedCircuit, CIRCUIT_OPTIONS } from "../../lib/circuit/search/asked_circuit.ts";
import { baselineRun } from "../../lib/circuit/rounds/baseline_run.ts";
import { circuitChoice, circuitFile } from "../../lib/circuit/search/choose_circuit.ts";
import { type Circuit, circuitText } from "../../lib/circuit/graph/circuit.ts";
import { yearTask } from "../../lib/circuit/task/contrast_task.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import {
  sequenceExperiment,
  WIDENED_CIRCUIT,
  WIDENED_TASK,
} from "../../lib/circuit/experiments/sequence_experiment.ts";
import {
  drawnTasks,
  reportSequences,
  type SequenceSummaries,
  type SequenceSummary,
  sequenceTable,
} from "../../lib/circuit/experiments/sequence_numbers.ts";
import {
  type MeasuredSequence,
  sequenceArrays,
  sequenceExamples,
} from "../../lib/circuit/experiments/sequence_outputs.ts";
import { nothingToCheck } from "../../lib/circuit/paper/unpublished.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { generalizationFigures } from "../../lib/figure/greater_than/generalization_figures.ts";
import { taskFigures } from "../../lib/figure/greater_than/every_task.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { describeTable } from "../../lib/model/describe_run.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { openTokenizer, type TextTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import type { SummaryNumbers } from "../../lib/store/run/summary.ts";
import {
  type AskedSequence,
  askedSequences,
  checkSequenceIds,
} from "../../lib/text/asked_sequences.ts";
import { SEQUENCE_TASKS } from "../../lib/text/sequence_tasks.ts";
import { makeYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/sequence_generalization",
  task: "gt:sequence-generalization",
  paper: "Hanna et al. 2023",
  figure: "figures of generalization and appendix",
  title: "Greater-than: ten other tasks",
  question: "In which other tasks does the model do greater-than, and is it by the same circuit?",
  minutes: "a minute or two for the embedded models",
  outputs: [
    "arrays.safetensors: of task k probs_k, probs_<test>_k [97, 100], ipp_k, m<layer>_k [L, H + 1]",
    "circuit.json: the circuit that was tested",
    "tables/examples.parquet: one row a prompt and test",
    "summary.json: of each task means, standard deviations, 95 % intervals; tasks not run, and why",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task gt:sequence-generalization --model tiny-gpt2-a --tasks 0,2,8",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  tasks: {
    type: "list",
    of: "integer",
    default: SEQUENCE_TASKS.map(({ id }) => id),
    description: "Numbers of the tasks, 0 to 9 (docs/sequence_generalization.md).",
  },
  ...CIRCUIT_OPTIONS,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/sequence_generalization"),
});

type Context = ScriptContext<typeof options>;

/** The circuit of the plain greater-than prompts: the one whose reach is asked for. */
async function plainCircuit(
  session: Session,
  { programs, tokenizer }: { programs: NodePrograms; tokenizer: TextTokenizer },
  { options: given, signal }: Context,
): Promise<Circuit | undefined> {
  const task = yearTask(makeYearPrompts(tokenizer, { seed: given.seed }));
  return await askedCircuit(session.label, { programs, task }, { ...given, signal });
}

async function measureTask(
  programs: NodePrograms,
  { id, prompts }: AskedSequence,
  { circuit, isPaper, session, context }: {
    circuit: Circuit | undefined;
    isPaper: boolean;
    session: Session;
    context: Context;
  },
): Promise<MeasuredSequence> {
  const { memory, seed, witness: count } = context.options;
  const task = { ...yearTask(prompts, prompts), YY: prompts.YY.data };
  const wide = isPaper && id === WIDENED_TASK ? WIDENED_CIRCUIT : undefined;
  using progress = startProgress({ label: `task ${id}`, unit: "parts" });
  const results = await sequenceExperiment(programs, task, { circuit, wide }, {
    memory,
    seed,
    signal: context.signal,
    onPart: (done, total) => progress.set(done, total),
  });
  await session.witness(baselineRun(task, results.baseline), { count, seed });
  return { id, task, ...results };
}

function summaryOf({ id, summaries }: MeasuredSequence): [string, SequenceSummary] {
  const { title, direction } = SEQUENCE_TASKS[id]!;
  return [String(id), { title, direction, ...summaries } as SequenceSummary];
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { label: model } = session;
  const tokenizer = await openTokenizer(session.directory);
  const { tasks: ids, seed } = context.options;
  const { made, refused } = askedSequences(tokenizer, ids, { seed });
  using programs = new NodePrograms(await session.model());
  const circuit = await plainCircuit(session, { programs, tokenizer }, context);
  const isPaper = circuitChoice(context.options.circuit, model) === "paper";
  const measured: MeasuredSequence[] = [];
  for (const one of made) {
    measured.push(await measureTask(programs, one, { circuit, isPaper, session, context }));
  }
  const arrays = sequenceArrays(measured);
  await run.writeArrays(arrays);
  await run.writeTable("examples", sequenceExamples(measured));
  if (circuit) await run.writeText("circuit.json", circuitText(circuit));
  const tasks: SequenceSummaries = Object.fromEntries(measured.map(summaryOf));
  await run.writeSummary({
    model,
    count: measured[0]!.task.YY.length,
    circuit: circuit?.name ?? "none",
    tasks,
    "not_run": refused,
  } as SummaryNumbers);
  const title = modelTitle(model);
  await writeReport(run, [
    ...taskFigures(drawnTasks(arrays, tasks), { model: title }),
    ...generalizationFigures(arrays, { model: title, isPaperModel: isPaperModel(model) }),
  ], {
    ...reportFrame(context, session, {
      tasks: measured.map(({ id }) => id).join(" "),
      "not run": Object.keys(refused).join(" ") || "none",
      circuit: circuit?.provenance ?? "none",
    }),
    numbers: reportSequences(tasks),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { tasks, circuit, check } = context.options;
  checkSequenceIds(tasks);
  if (check) throw nothingToCheck(meta.id, "an experiment without a confirmed number of the paper");
  const choice = ({ label }: Session) => circuitChoice(circuit, label);
  return await modelRun(context, {
    plan: (session) => `tasks ${tasks.join(" ")}, 97 prompts each, circuit ${choice(session)}`,
    files: (session) => ({ circuit: circuitFile(circuit, session.label) }),
    decided: (session) => ({ circuit: choice(session) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) =>
      describeTable(run, ({ tasks }) => sequenceTable(tasks as unknown as SequenceSummaries)),
  });
}

if (import.meta.main) await runScript(meta, options, main);
