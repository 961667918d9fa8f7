/**
 * Moments and sparsity, from a run of `un:summary` or from the original's `activations` folder.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { cannot } from "../../errors.ts";
import { inputFile } from "../../store/run/run_record.ts";
import { readSourceRun, sourceFiles } from "../../store/run/source_run.ts";
import { PRE_BINS } from "../activity/bins.ts";
import { binStatistics } from "../activity/moments.ts";
import { modelFingerprint, neuronColumns } from "../source_columns.ts";
import { columnsOf, type NeuronColumns } from "./columns.ts";
import { openOriginal } from "./original_arrays.ts";
import { COUNTS, datasetsIn, float64, layersIn, modelName, type TableSource } from "./sources.ts";

/**
 * Reads the columns. Of the original's, a folder of one dataset or that of all datasets of a model,
 * whose counts are then added up.
 *
 * @throws {NeuriteError} E-FILE-MISSING for a folder that is neither, E-USAGE for datasets of different
 * models, and the errors of the files.
 */
export async function summarySource(directory: string): Promise<TableSource> {
  const path = resolve(directory);
  const datasets = await datasetsIn(path);
  if (datasets.length > 0) {
    return await fromOriginal(datasets[0] === path ? dirname(path) : path, datasets);
  }
  const run = await readSourceRun(directory, {
    script: "universal_neurons/summary",
    command: "deno task un:summary",
  });
  const names = columnsOf("summary");
  const read = await neuronColumns(run, ["layer", ...names]);
  const summary = await run.summary();
  const columns: NeuronColumns = {};
  for (const name of names) columns[name] = float64(read[name]!);
  return {
    kind: "summary",
    path: run.directory,
    model: modelName(summary["model"]),
    layers: layersIn(read["layer"]!),
    neurons: read["layer"]!.length,
    columns,
    inputs: sourceFiles("summary", run),
    weights: modelFingerprint(run.record.inputs),
    // Never above 0 before the nonlinearity.
    facts: read["dead"] ? { "dead_neurons": Array.from(read["dead"]).filter(Boolean).length } : {},
  };
}

async function fromOriginal(path: string, datasets: readonly string[]): Promise<TableSource> {
  let [counts, neurons, layers] = [new Float64Array(), 0, 0];
  for (const dataset of datasets) {
    const folder = await openOriginal(dataset);
    const { data, shape } = await folder.read("neuron_bin_counts");
    const own = await folder.layers("neuron_bin_counts");
    if (shape[1] !== PRE_BINS) throw otherBins(folder.file("neuron_bin_counts"), shape[1]!);
    if (counts.length === 0) {
      [counts, neurons, layers] = [new Float64Array(data.length), shape[0]!, own!];
    }
    if (shape[0] !== neurons || own !== layers) throw otherSize(dataset, shape[0]!, neurons);
    for (let i = 0; i < data.length; i++) counts[i]! += Number(data[i]);
  }
  const columns: Record<string, Float64Array> = {};
  for (const name of columnsOf("summary")) columns[name] = new Float64Array(neurons);
  for (let i = 0; i < neurons; i++) {
    const statistics = binStatistics(counts.subarray(i * PRE_BINS, (i + 1) * PRE_BINS));
    for (const name of ["mean", "var", "skew", "kurt", "sparsity"] as const) {
      columns[name]![i] = statistics[name];
    }
  }
  const names = datasets.map((dataset) => basename(dataset));
  return {
    kind: "summary",
    path,
    // summary_data/<model>/activations/<dataset>
    model: basename(path) === "activations" ? basename(dirname(path)) : undefined,
    layers,
    neurons,
    columns,
    inputs: await Promise.all(
      names.map((name) => inputFile(`summary/${name}/${COUNTS}`, join(path, name, COUNTS))),
    ),
    facts: { datasets: names },
  };
}

function otherBins(path: string, bins: number) {
  return cannot("E-TENSOR-SHAPE", {
    do: "take moments of",
    thing: path,
    is: `histograms of ${bins} bins`,
    expected: `${PRE_BINS}, by edges from -10 to 15`,
    hint: "summarise the activations again with --n_bins 256",
  });
}

function otherSize(path: string, is: number, expected: number) {
  return cannot("E-USAGE", {
    do: "join",
    thing: path,
    is: `counts of ${is} neurons`,
    expected: `${expected}, as the dataset before it`,
    hint: "give datasets of one model",
  });
}
