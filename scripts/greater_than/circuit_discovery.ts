#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_ENDPOINT,HF_TOKEN,HF_HOME,HF_HUB_CACHE,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,HF_HUB_OFFLINE,TRANSFORMERS_OFFLINE,HF_HUB_DISABLE_PROGRESS_BARS,HF_HUB_DISABLE_SYMLINKS,HOME,USERPROFILE
/**
 * How does a model answer "The war lasted from the year 1732 to the year 17"?
 *
 * Paper:    Hanna, Liu, Variengien 2023, section 2 and figure 2; the circuit search follows.
 * Shapes:   good_tokens, bad_tokens int32 [N, T]; year_probs [N, 100]; probs [97, 100] by start year.
 * Command:  deno task gt:circuit-discovery --model gpt2
 * Time:     seconds for the embedded models; about half a minute for GPT-2 small on 2 cores.
 * Expected: gpt2 prob diff 0.817 (sd 0.193), cutoff sharpness 0.060 (sd 0.072).
 */
import { basename, join } from "node:path";
import {
  chooseCircuit,
  CIRCUIT_CHOICES,
  type CircuitChoice,
} from "../../lib/circuit/circuit_choice.ts";
import {
  type ExperimentInputs,
  paperExperiment,
  partCount,
} from "../../lib/circuit/paper_experiment.ts";
import {
  checkPaper,
  isPaperModel,
  PAPER_BEHAVIOUR,
  yearNumbers,
} from "../../lib/circuit/paper_numbers.ts";
import { allToFloat32 } from "../../lib/array.ts";
import { yearArrays } from "../../lib/circuit/year_arrays.ts";
import { yearBehaviour, type YearSummary } from "../../lib/circuit/year_behaviour.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { circuitFigures } from "../../lib/figure/greater_than/circuit_figures.ts";
import { yearFigures } from "../../lib/figure/greater_than/year_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { openSession, type Session } from "../../lib/model/session.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import { inputFile } from "../../lib/store/run/run_record.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";
import { readYearPrompts } from "../../lib/text/prompt_file.ts";
import { makeYearPrompts, type YearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/circuit_discovery",
  task: "gt:circuit-discovery",
  paper: "Hanna et al. 2023",
  figure: "figure 2",
  title: "Greater-than: behaviour",
  question: "Does the model put its probability on years after the start year?",
  minutes: "seconds for the embedded models, half a minute for gpt2 on 2 cores",
  outputs: [
    "arrays.safetensors: probs [97, 100], year_probs [N, 100], prob_diff [N], the prompts",
    "tables/examples.parquet: one row a prompt",
    "summary.json: means and standard deviations, the paper's beside them",
    "figures/: probability-heatmap, probability-slice (.vl.json, .svg, .png)",
    "report.html: all of it on one page",
  ],
  example: "deno task gt:circuit-discovery --model gpt2",
};

const common = commonOptions("cache/results/greater_than/circuit_discovery");

export const options = defineOptions({
  model: {
    type: "string",
    default: "gpt2" as string,
    paper: "gpt2",
    affects: "run",
    description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id.",
  },
  count: {
    type: "integer",
    default: 490,
    min: 1,
    max: 1_000_000,
    unit: "prompts",
    paper: 490,
    description: "Prompts to draw, balanced over the start years 02 to 98.",
  },
  circuit: {
    type: "choice",
    choices: CIRCUIT_CHOICES,
    default: "none" as CircuitChoice,
    paper: "paper",
    description: "Whose direct effects, lenses and sufficiency are measured after the behaviour.",
  },
  prompts: {
    type: "path",
    description: "Safetensors with good_tokens, bad_tokens, YY, year_token_ids instead of a draw.",
  },
  ...common,
});

type Context = ScriptContext<typeof options>;

/** The experiment: one run of the prompts, the paper's measures. */
async function measure(session: Session, prompts: YearPrompts, context: Context) {
  const { memory, witness, seed } = context.options;
  const model = await session.model();
  const total = prompts.YY.data.length;
  using progress = startProgress({ label: "prompts", total, unit: "prompts" });
  const behaviour = await yearBehaviour(model, { ...prompts, tokens: prompts.goodTokens }, {
    memory,
    signal: context.signal,
    onProgress: (done) => progress.set(done),
  });
  await session.witness(behaviour.forward, { count: witness, seed });
  return behaviour;
}

/** The paper's matrices, lenses and circuit tests, where a circuit is asked for. */
async function searchCircuit(session: Session, inputs: ExperimentInputs, context: Context) {
  const { circuit: choice, memory } = context.options;
  const model = await session.model();
  const circuit = chooseCircuit(choice, model.config);
  if (!circuit) return undefined;
  using progress = startProgress({ label: "circuit", total: partCount(circuit), unit: "parts" });
  return await paperExperiment(model, inputs, circuit, {
    memory,
    signal: context.signal,
    onPart: (done) => progress.set(done),
  });
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { options: given, argv, meta } = context;
  const prompts = given.prompts === undefined
    ? makeYearPrompts(await openTokenizer(session.directory), given)
    : await readYearPrompts(given.prompts);
  const behaviour = await measure(session, prompts, context);
  const { summary, probDiff, sharpness } = behaviour;
  const { YY, goodTokens, badTokens, yearTokenIds } = prompts;
  const count = YY.data.length;
  const search = await searchCircuit(
    session,
    { ...prompts, baseline: summary.prob_diff_mean },
    context,
  );
  await run.writeArrays({
    "good_tokens": goodTokens,
    "bad_tokens": badTokens,
    YY,
    "year_token_ids": yearTokenIds,
    ...yearArrays(behaviour),
    ...allToFloat32(search?.arrays ?? {}),
  });
  await run.writeTable("examples", [
    { name: "YY", type: "int32", values: YY.data },
    { name: "prob_diff", type: "float64", values: probDiff },
    { name: "sharpness", type: "float64", values: sharpness },
  ]);
  const { label: model } = session;
  await run.writeSummary(
    { model, count, baseline: { ...summary, ratio: 1 }, ...search?.evaluations },
    { baseline: PAPER_BEHAVIOUR },
  );
  const name = basename(model);
  const figures = [
    ...yearFigures(name, behaviour.collated),
    ...circuitFigures(name, search?.arrays ?? {}, isPaperModel(model)),
  ];
  await writeReport(run, figures, {
    title: meta.title,
    question: meta.question,
    command: commandLine(meta, argv),
    numbers: yearNumbers(model, count, summary),
    provenance: {
      device: session.device.description,
      seed: given.seed,
      count,
      record: "run.json beside this page: versions, options, sha256 of every file",
    },
  });
  return {
    argv,
    options: context.recorded,
    seeds: { prompts: given.seed },
    device: session.device,
    warnings: warningCount(),
  };
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, meta, resultOptions } = context;
  await using session = await openSession(given);
  const inputs = await session.inputs();
  if (given.prompts) inputs.push(await inputFile("prompts", given.prompts));
  if (given.dryRun) {
    return { text: `would run ${given.prompts ?? given.count} prompts, into ${given.out}\n` };
  }
  await runOnce(
    given.out,
    { script: meta.id, options: { ...resultOptions, device: session.device.name }, inputs },
    { force: given.force, onNote: note },
    (run) => writeResults(run, session, context),
  );
  return await describe(given.out, given.check);
}

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(directory: string, check: boolean): Promise<ScriptResult> {
  const run = await readRun(directory);
  const summary = await run.summary() as { model: string; count: number; baseline: YearSummary };
  const rows = Object.entries(PAPER_BEHAVIOUR)
    .map(([name, paper]) => [name, summary.baseline[name as keyof YearSummary], paper]);
  const failure = check ? checkPaper(summary.model, summary.count, summary.baseline) : undefined;
  return {
    text: terminalTable(["measure", "here", "gpt2 in the paper"], rows) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
