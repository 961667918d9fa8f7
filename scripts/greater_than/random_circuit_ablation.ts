#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Would other heads do as well: does the circuit keep more than random circuits of its size?
 *
 * Paper:    Hanna, Liu, Variengien 2023; an answer to a reviewer, not in the paper's text.
 * Shapes:   good_tokens, bad_tokens int32 [N, T]; probs, probs_<test> [97, 100];
 *           ratio_draws_<version> [draws].
 * Command:  deno task gt:random-circuit-ablation --model gpt2
 * Time:     a minute or two for the embedded models.
 * Expected: no published number; docs/random_circuit_ablation.md has those of the embedded models.
 */
import { allToFloat32 } from "../../lib/array.ts";
import {
  type AblationSummaries,
  ablationTable,
  describeDraws,
  reportAblation,
} from "../../lib/circuit/experiments/ablation_numbers.ts";
import { askedCircuit, CIRCUIT_OPTIONS } from "../../lib/circuit/search/asked_circuit.ts";
import { baselineRun } from "../../lib/circuit/rounds/baseline_run.ts";
import { promptArrays } from "../../lib/circuit/task/behaviour_arrays.ts";
import { circuitChoice, circuitFile } from "../../lib/circuit/search/choose_circuit.ts";
import { type Circuit, circuitText } from "../../lib/circuit/graph/circuit.ts";
import { type ContrastTask, contrastTask, taskSize } from "../../lib/circuit/task/contrast_task.ts";
import { summarize } from "../../lib/circuit/task/measures.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import { nodeName } from "../../lib/circuit/graph/nodes.ts";
import { modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import {
  ablationArrays,
  ablationSummary,
  drawnRatios,
  drawnTable,
  randomAblation,
} from "../../lib/circuit/experiments/random_ablation.ts";
import { runRounds } from "../../lib/circuit/rounds/rounds.ts";
import { circuitRoles, upperEdges } from "../../lib/circuit/graph/routes.ts";
import { nothingToCheck } from "../../lib/circuit/paper/unpublished.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { checkCount, PROMPTS_OPTION } from "../../lib/cli/prompt_options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import { ablationFigures } from "../../lib/figure/greater_than/ablation_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { describeTable } from "../../lib/model/describe_run.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import type { TextTokenizer } from "../../lib/model/tokenizer.ts";
import type { SummaryNumbers } from "../../lib/store/run/summary.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { askedPrompts } from "../../lib/text/asked_prompts.ts";
import { makeYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/random_circuit_ablation",
  task: "gt:random-circuit-ablation",
  paper: "Hanna et al. 2023",
  title: "Greater-than: random circuits",
  question: "Does the circuit keep more of the behaviour than random circuits of its size?",
  minutes: "a minute or two for the embedded models",
  outputs: [
    "arrays.safetensors: probs, probs_<test> [97, 100], ratio_draws_<version> [draws], prompts",
    "circuit.json: the circuit under study",
    "tables/draws.parquet: one row a random circuit, with its heads",
    "summary.json: the circuit and the original's lists, and their place among the draws",
    "figures/: random-circuits, patched heatmaps (.vl.json, .svg, .png); report.html",
  ],
  example: "deno task gt:random-circuit-ablation --model tiny-gpt2-a --anywhere",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 200,
    min: 1,
    max: 100_000,
    unit: "prompts",
    paper: 200,
    description: "Prompts to draw, balanced over the start years 02 to 98.",
  },
  draws: {
    type: "integer",
    default: 200,
    min: 1,
    max: 100_000,
    unit: "circuits",
    description: "Random circuits; all there are, once each, where they are no more.",
  },
  anywhere: {
    type: "boolean",
    description: "Draw heads from any layer, not as many from each as the circuit has there.",
  },
  ...CIRCUIT_OPTIONS,
  prompts: PROMPTS_OPTION,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/random_circuit_ablation"),
});

type Context = ScriptContext<typeof options>;

/** The prompts, and those that a circuit is searched on: as circuit_discovery's, where they are drawn. */
async function openTasks({ directory }: Session, { options: { prompts, count, seed } }: Context) {
  const drawn = async (count?: number) => {
    const draw = (tokenizer: TextTokenizer) => makeYearPrompts(tokenizer, { count, seed });
    return contrastTask(await askedPrompts(directory, prompts, draw));
  };
  const task = await drawn(count);
  return { task, searched: prompts === undefined ? await drawn() : task };
}

async function studiedCircuit(
  model: string,
  on: { programs: NodePrograms; task: ContrastTask },
  context: Context,
): Promise<Circuit> {
  const { signal } = context;
  const circuit = await askedCircuit(model, on, { ...context.options, signal });
  if (circuit) return circuit;
  throw cannot("E-CIRCUIT", {
    do: "draw circuits beside that of",
    thing: model,
    is: "no circuit",
    expected: "one with heads at END",
    hint: "use --circuit auto with a lower --threshold, or --circuit FILE",
  });
}

async function test(session: Session, context: Context) {
  const { memory, seed, draws, anywhere, witness: count } = context.options;
  const { task, searched } = await openTasks(session, context);
  const model = await session.model();
  using programs = new NodePrograms(model);
  const circuit = await studiedCircuit(session.label, { programs, task: searched }, context);
  const isPaper = circuitChoice(context.options.circuit, session.label) === "paper";
  const asked = { circuit, isPaper, draws, seed, anywhere };
  const ablation = randomAblation(model.config, task, asked);
  const { parts } = ablation;
  using progress = startProgress({ label: "circuits", total: parts.length, unit: "tests" });
  const baseline = await runRounds(programs, task, { parts, attentionLayers: [] }, {
    memory,
    signal: context.signal,
    onPart: (done, total) => progress.set(done * parts.length / total),
  });
  await session.witness(baselineRun(task, baseline), { count, seed });
  return { task, circuit, ablation, baseline };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { seed, anywhere } = context.options;
  const { label: model } = session;
  const { task, circuit, ablation, baseline } = await test(session, context);
  const own = summarize(baseline, seed);
  const ratios = drawnRatios(ablation, own);
  const { tests, spreads } = ablationSummary(ablation, { baseline, ratios, seed });
  const arrays = allToFloat32(ablationArrays(ablation, task, { baseline, ratios }));
  await run.writeArrays({ ...promptArrays(task), ...arrays });
  await run.writeTable("draws", drawnTable(ablation, ratios));
  await run.writeText("circuit.json", circuitText(circuit));
  const { heads } = circuitRoles(upperEdges(circuit.edges));
  const facts = {
    count: taskSize(task),
    circuit: circuit.name,
    heads: heads.map(nodeName).join(" "),
    drawn: describeDraws(ablation.draws, { anywhere }),
  };
  const summaries = { baseline: own, ...tests, ...spreads };
  await run.writeSummary({ model, ...facts, ...summaries } as SummaryNumbers);
  const figures = ablationFigures(arrays, {
    model: modelTitle(model),
    drawn: facts.drawn,
    ratios,
    named: tests,
  });
  await writeReport(run, figures, {
    ...reportFrame(context, session, facts),
    numbers: reportAblation(summaries),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { check, count, draws, prompts, circuit } = context.options;
  if (check) throw nothingToCheck(meta.id);
  checkCount(context.sources, prompts && "--prompts");
  const choice = ({ label }: Session) => circuitChoice(circuit, label);
  return await modelRun(context, {
    plan: (session) =>
      `${prompts ?? count} prompts, circuit ${choice(session)} and ${draws} random ones`,
    files: (session) => ({
      prompts,
      circuit: circuitFile(circuit, session.label),
    }),
    decided: (session) => ({ circuit: choice(session) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) =>
      describeTable(run, (summary) => ablationTable(summary as unknown as AblationSummaries)),
  });
}

if (import.meta.main) await runScript(meta, options, main);
