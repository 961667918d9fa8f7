/**
 * What was summarised of a model's activations and weights, from this suite's runs or from the
 * `summary_data` of the original release; the loaders of its `summary_viewer`.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { formatShape } from "../array.ts";
import { cannot } from "../errors.ts";
import { openTorchArrays } from "../model/checkpoint/torch_arrays.ts";
import { readRecord } from "../store/run/run_record.ts";
import { readSourceRun } from "../store/run/source_run.ts";
import { subsetFiles } from "../store/run/subset_files.ts";
import { arraysOfOriginal, arraysOfRun, type SummaryArrays } from "./summary_arrays.ts";
import type { NeuronColumns } from "./table/columns.ts";
import { openOriginal } from "./table/original_arrays.ts";
import { COUNTS, datasetsIn, holds, modelName } from "./table/sources.ts";
import { weightSource } from "./table/weight_source.ts";

/** Arrays of activations; spec/universal_neurons section 1.6. */
export type ActivityArray =
  | "neuron_bin_counts"
  | "neuron_bin_edges"
  | "max_activating_value"
  | "max_activating_index"
  | "max_activating_context"
  | "vocab_counts"
  | "vocab_mean"
  | "vocab_mean_ix"
  | "vocab_max"
  | "vocab_max_ix"
  | `pre_${"mean" | "var" | "skew" | "kurt"}`;

/** Arrays of weights; spec/universal_neurons section 1.7. */
export type WeightArray =
  | `${"E" | "U" | "in" | "out"}_${"in" | "out"}_${
    | "top"
    | "top_ix"
    | "bottom"
    | "bottom_ix"
    | "hist"
    | "mean"
    | "var"
    | "skew"
    | "kurt"}`
  | `comp_${"v" | "o" | "query_side" | "key_side"}`
  | "w_in_norm"
  | "w_out_norm"
  | "input_bias"
  | "in_out_sim";

/** Summaries of a model's activations. */
export interface AllSummaries {
  /** The model's name without a folder; unknown where the files do not say. */
  readonly model: string | undefined;
  /** L; unknown where the files do not say. */
  readonly layers: number | undefined;
  /** L·F. */
  readonly neurons: number;
  /** Over all rows; the original has none. */
  readonly pooled: SummaryArrays<ActivityArray> | undefined;
  /** By subset of the corpus; of the original by dataset. */
  readonly subsets: ReadonlyMap<string, SummaryArrays<ActivityArray>>;
}

/** Summaries of a model's weights. */
export interface WeightsSummary {
  /** The model's name without a folder; unknown where the files do not say. */
  readonly model: string | undefined;
  /** L. */
  readonly layers: number | undefined;
  /** L·F. */
  readonly neurons: number;
  /** Norms, bias, cosine and moments of the neuron table, `[L·F]` each. */
  readonly columns: NeuronColumns;
  readonly arrays: SummaryArrays<WeightArray>;
}

const RUNS = "cache/results/universal_neurons";

/** Where summaries of one kind are looked for. */
interface Kind {
  /** The folder of a run, and of the task that makes it. */
  readonly run: "summary" | "weights";
  /** The original's folder below a model's. */
  readonly original: "activations" | "weights";
  /** Whether a folder is the original's of this kind. */
  readonly isOriginal: (path: string) => Promise<boolean>;
}

const ACTIVITY: Kind = {
  run: "summary",
  original: "activations",
  isOriginal: async (path) => (await datasetsIn(path)).length > 0,
};
const WEIGHTS: Kind = {
  run: "weights",
  original: "weights",
  isOriginal: (path) => holds(path, "neuron_stats.csv"),
};

/** The run where the script leaves it, when it is of this model. */
async function runOf(name: string, kind: Kind): Promise<string | undefined> {
  const path = resolve(RUNS, kind.run);
  if (await readRecord(path) === undefined) return undefined;
  const run = await readSourceRun(path, wanted(kind));
  return modelName((await run.summary())["model"]) === name ? path : undefined;
}

function wanted({ run }: Kind) {
  return { script: `universal_neurons/${run}`, command: `deno task un:${run}` };
}

/** The folder that a model's name or a path means, and whether a run of this suite is in it. */
async function placeOf(given: string, kind: Kind): Promise<{ path: string; isRun: boolean }> {
  const path = resolve(given);
  if (await readRecord(path) !== undefined) return { path, isRun: true };
  const name = basename(path);
  for (
    const place of [path, join(path, kind.original), resolve("summary_data", name, kind.original)]
  ) {
    if (await kind.isOriginal(place)) return { path: place, isRun: false };
  }
  const run = await runOf(name, kind);
  if (run !== undefined) return { path: run, isRun: true };
  throw cannot("E-FILE-MISSING", {
    do: `load the ${kind.run === "summary" ? "activations" : "weights"} of`,
    thing: given,
    is: `neither a finished run nor the original's files, and no model of ${RUNS}/${kind.run}`,
    expected: "a model that was summarised, or the folder of its summaries",
    hint: `deno task un:${kind.run} --model ${name} makes them`,
  });
}

/**
 * Finds the summaries of a model's activations, pooled and by part of the corpus. A name is looked for
 * in `summary_data/<name>/activations` and in `cache/results/universal_neurons/summary`; a folder may be
 * a finished run of un:summary, or one of the original's: a model's, its `activations`, or a dataset's.
 *
 * @throws {NeuriteError} E-FILE-MISSING when there are none; E-USAGE for datasets of several sizes; the
 * errors of files.
 *
 * @example Usage
 * ```ts
 * import { loadAllSummaries } from "neurite/lib/neuron/load_summaries.ts";
 *
 * const { neurons, subsets } = await loadAllSummaries("tests/fixtures/original/summary_data/tiny-a");
 * for (const arrays of subsets.values()) {
 *   const { shape } = await arrays.read("neuron_bin_counts");
 *   if (shape.join() !== `${neurons},257`) throw new Error("unreachable");
 * }
 * ```
 */
export async function loadAllSummaries(modelOrDirectory: string): Promise<AllSummaries> {
  const { path, isRun } = await placeOf(modelOrDirectory, ACTIVITY);
  return isRun ? await summariesOfRun(path) : await summariesOfOriginal(path);
}

async function summariesOfRun(path: string): Promise<AllSummaries> {
  const run = await readSourceRun(path, wanted(ACTIVITY));
  const { model, layers } = await run.summary();
  const parts = new Map<string, SummaryArrays<ActivityArray>>();
  for (const { name, file } of await subsetFiles(run)) {
    parts.set(name, await arraysOfRun(run, file));
  }
  await using file = await run.openArrays();
  return {
    model: modelName(model),
    layers: typeof layers === "number" ? layers : undefined,
    neurons: file.info("neuron_bin_counts").shape[0]!,
    pooled: await arraysOfRun(run),
    subsets: parts,
  };
}

async function summariesOfOriginal(path: string): Promise<AllSummaries> {
  const subsets = new Map<string, SummaryArrays<ActivityArray>>();
  let sizes: readonly number[] | undefined;
  for (const dataset of await datasetsIn(path)) {
    await using counts = await openTorchArrays(join(dataset, COUNTS));
    const shape = counts.shape("");
    if (shape.length !== 3 || sizes && (shape[0] !== sizes[0] || shape[1] !== sizes[1])) {
      throw cannot("E-USAGE", {
        do: "load together",
        thing: dataset,
        is: `counts ${formatShape(shape)}`,
        expected: sizes
          ? `${formatShape(sizes)}, as of the dataset before it`
          : "[layers, neurons, bins]",
        hint: "keep one model's datasets in a folder",
      });
    }
    sizes = shape;
    subsets.set(basename(dataset), arraysOfOriginal(await openOriginal(dataset)));
  }
  // summary_data/<model>/activations/<dataset>
  const above = await holds(path, COUNTS) ? dirname(path) : path;
  const model = basename(above) === "activations" ? basename(dirname(above)) : undefined;
  const [layers, width] = sizes as [number, number];
  return { model, layers, neurons: layers * width, pooled: undefined, subsets };
}

/**
 * Finds the summary of a model's weights, as {@linkcode loadAllSummaries} finds activations: a finished
 * run of un:weights, or the original's `weights` folder.
 *
 * @throws {NeuriteError} E-FILE-MISSING when there is none; the errors of files.
 *
 * @example Usage
 * ```ts
 * import { loadWeightsSummary } from "neurite/lib/neuron/load_summaries.ts";
 *
 * const weights = await loadWeightsSummary("tests/fixtures/original/summary_data/tiny-a");
 * const { shape } = await weights.arrays.read("comp_v");
 * if (shape[0] !== weights.neurons) throw new Error("unreachable");
 * ```
 */
export async function loadWeightsSummary(modelOrDirectory: string): Promise<WeightsSummary> {
  const { path, isRun } = await placeOf(modelOrDirectory, WEIGHTS);
  const { model, layers, neurons, columns } = await weightSource(path);
  const arrays = isRun
    ? await arraysOfRun<WeightArray>(await readSourceRun(path, wanted(WEIGHTS)))
    : arraysOfOriginal<WeightArray>(await openOriginal(path));
  return { model, layers, neurons, columns, arrays };
}
