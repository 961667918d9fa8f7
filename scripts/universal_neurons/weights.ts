#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * What do a model's neurons read, write and feed, by their weights alone?
 *
 * Paper:    Gurnee et al. 2024, sections 4 and 5; spec/universal_neurons.md section 1.7.
 * Shapes:   w_in_norm .. in_out_sim [L·F]; U_out_*, E_in_* [L·F, k]; comp_* [L·F, L·H].
 * Command:  deno task un:weights --model tiny-gpt2-a
 * Time:     seconds for the embedded models; for GPT-2 small see docs/weights.md.
 * Expected: stanford-gpt2-small-a, neuron 11.3030: w_out_norm 2.0006566, vocab_kurt 3.267792.
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { weightFigures } from "../../lib/figure/universal_neurons/weight_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { openCheckpoint } from "../../lib/model/checkpoint/checkpoint.ts";
import { openWeights } from "../../lib/model/checkpoint/weights.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { foldWeights } from "../../lib/model/folding.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { reportWitness } from "../../lib/model/witness.ts";
import { openRowArrays, type RowArrays } from "../../lib/neuron/row_arrays.ts";
import { NeuronTable } from "../../lib/neuron/weights/neuron_table.ts";
import { checkNeurons, type NeuronNumbers } from "../../lib/neuron/weights/published.ts";
import { publishedOf, reportNumbers, standingTable } from "../../lib/neuron/weights/report.ts";
import { weightStatistics } from "../../lib/neuron/weights/statistics.ts";
import { describePlan } from "../../lib/neuron/weights/weight_plan.ts";
import { witnessSimilarities } from "../../lib/neuron/weights/witness.ts";
import { streamSafetensors } from "../../lib/store/format/safetensors_stream.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/weights",
  task: "un:weights",
  paper: "Gurnee et al. 2024",
  figure: "weight columns of the neuron table; sections 4 and 5",
  title: "Neurons by their weights",
  question: "What do a model's neurons read, write and feed, by their weights alone?",
  minutes: "seconds for the embedded models; minutes for GPT-2 small on 2 cores",
  outputs: [
    "arrays.safetensors: w_in_norm, w_out_norm, input_bias, in_out_sim [L·F]; comp_* [L·F, L·H]; " +
    "E_in_*, U_in_*, E_out_*, U_out_*, in_in_*, in_out_*, out_in_*, out_out_*",
    "tables/neurons.parquet: one row a neuron, under the original's column names",
    "summary.json: mean, deviation and range of each column",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task un:weights --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-small-a", paper: "stanford-gpt2-small-a" },
  vocabTop: {
    type: "integer",
    default: 100,
    min: 1,
    max: 10_000,
    unit: "tokens",
    paper: 100,
    description: "Tokens kept at either end of each neuron's similarities.",
  },
  neuronTop: {
    type: "integer",
    default: 20,
    min: 1,
    max: 10_000,
    unit: "neurons",
    paper: 20,
    description: "Neurons kept at either end of each neuron's similarities.",
  },
  csv: { type: "boolean", description: "Write tables/neurons.csv too." },
  ...commonOptions("cache/results/universal_neurons/weights"),
});

type Context = ScriptContext<typeof options>;

/** All layers' statistics: wide arrays wait on disk, the table in memory. */
async function compute(session: Session, arrays: RowArrays, { options: given, signal }: Context) {
  const config = await readConfig(session.directory);
  await using checkpoint = await openCheckpoint(session.directory);
  const folded = foldWeights(openWeights(checkpoint, config));
  const table = new NeuronTable(config);
  using progress = startProgress({ label: "weights", unit: "columns" });
  const statistics = weightStatistics(session.device, folded, config, {
    ...given,
    signal,
    onProgress: (done, total) => progress.set(done, total),
  });
  for await (const layer of statistics) {
    table.add(layer);
    await arrays.append(layer.arrays);
  }
  const { witness: count, seed } = given;
  if (count > 0) {
    const read = (name: string) => arrays.read(name);
    note(reportWitness(await witnessSimilarities(folded, read, { count, seed })));
  }
  return { config, table };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  await using arrays = await openRowArrays(run.directory);
  const { config, table } = await compute(session, arrays, context);
  const metadata = { suite: "neurite", script: meta.id };
  await run.writeFile("arrays.safetensors", streamSafetensors(arrays.streams(), metadata));
  await run.writeTable("neurons", table.tableColumns(), { csv: context.options.csv });
  const { label: model } = session;
  const { nLayer: layers, nHead: heads } = config;
  const { numbers, paper } = publishedOf(model, table);
  await run.writeSummary({ model, layers, ...table.summary(), ...numbers }, paper);
  const { vocab_kurt: vocabKurt, in_out_sim: inOutSim } = table.columns;
  const figures = weightFigures({
    model: basename(model),
    layers,
    heads,
    vocabKurt,
    inOutSim,
    compositions: table.compositions(),
    standing: await standingTable(session.directory, table),
  });
  await writeReport(run, figures, {
    ...reportFrame(context, session, { neurons: layers * config.dMlp }),
    numbers: reportNumbers(model, table),
  });
}

/** What would be done, with its sizes. */
async function plan({ directory, label }: Session, { options: given }: Context): Promise<string> {
  const top = Math.max(given.vocabTop, given.neuronTop);
  return `${label}: ${describePlan(await readConfig(directory), { memory: given.memory, top })}`;
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  return modelRun(context, {
    plan: (session) => plan(session, context),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describe(run, context.options.check),
  });
}

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(run: FinishedRun, check: boolean): Promise<ScriptResult> {
  const summary = await run.summary() as unknown as {
    model: string;
    published?: Record<string, NeuronNumbers>;
  };
  const rows = Object.entries(summary).flatMap(([name, value]) => {
    if (typeof value !== "object" || value === null || !("median" in value)) return [];
    const { mean, sd, min, median, max } = value as Record<string, number>;
    return [[name, mean!, sd!, min!, median!, max!]];
  });
  const failure = check ? checkNeurons(summary.model, summary.published ?? {}) : undefined;
  return {
    text: terminalTable(["neurons' weights", "mean", "sd", "min", "median", "max"], rows) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
