/**
 * The nine weight columns, from a run of `un:weights` or from the original's `weights` folder.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { inputFile } from "../../store/run/run_record.ts";
import { readSourceRun, sourceFiles } from "../../store/run/source_run.ts";
import { modelFingerprint, neuronColumns } from "../source_columns.ts";
import type { NeuronColumns } from "./columns.ts";
import { readNeuronCsv } from "./csv_rows.ts";
import { float32Decimal } from "./number_text.ts";
import { openOriginal } from "./original_arrays.ts";
import { float64, holds, layersIn, modelName, type TableSource } from "./sources.ts";

const [STATISTICS, COMPOSITIONS] = ["neuron_stats.csv", "vocab_comps.pt"];
const OWN = ["w_in_norm", "input_bias", "w_out_norm", "in_out_sim"] as const;
const VOCABULARY = ["vocab_mean", "vocab_var", "vocab_skew", "vocab_kurt"] as const;

/**
 * Reads the columns.
 *
 * @throws {NeuriteError} E-FILE-MISSING for a folder that is neither, and the errors of the files.
 */
export async function weightSource(directory: string): Promise<TableSource> {
  if (await holds(directory, STATISTICS)) return await fromOriginal(resolve(directory));
  const run = await readSourceRun(directory, {
    script: "universal_neurons/weights",
    command: "deno task un:weights",
  });
  const names = [...OWN, ...VOCABULARY];
  const read = await neuronColumns(run, ["layer", ...names]);
  const summary = await run.summary();
  const columns: NeuronColumns = {};
  for (const name of names) columns[name] = float64(read[name]!);
  return {
    kind: "weights",
    path: run.directory,
    model: modelName(summary["model"]),
    layers: layersIn(read["layer"]!),
    neurons: read["layer"]!.length,
    columns: withPenalty(columns),
    inputs: sourceFiles("weights", run),
    weights: modelFingerprint(run.record.inputs),
    facts: {},
  };
}

async function fromOriginal(directory: string): Promise<TableSource> {
  const { columns: read, layer } = await readNeuronCsv(join(directory, STATISTICS));
  const columns: NeuronColumns = { ...read };
  const files = [STATISTICS];
  if (await holds(directory, COMPOSITIONS)) {
    files.push(COMPOSITIONS);
    const folder = await openOriginal(directory);
    for (const name of VOCABULARY) {
      columns[name] = float64((await folder.read(name.replace("vocab", "U_out"))).data);
    }
  }
  return {
    kind: "weights",
    path: directory,
    // summary_data/<model>/weights
    model: basename(directory) === "weights" ? basename(dirname(directory)) : undefined,
    layers: layersIn(layer),
    neurons: layer.length,
    columns: withPenalty(columns),
    inputs: await Promise.all(
      files.map((file) => inputFile(`weights/${file}`, join(directory, file))),
    ),
    facts: {},
  };
}

/** Of the norms as a CSV file has them, so that the table's own columns give it to the last digit. */
function withPenalty(columns: NeuronColumns): NeuronColumns {
  const { w_in_norm: read, w_out_norm: write } = columns;
  if (!read || !write) return columns;
  const penalty = read.map((x, i) => float32Decimal(x) ** 2 + float32Decimal(write[i]!) ** 2);
  return { ...columns, "l2_penalty": penalty };
}
