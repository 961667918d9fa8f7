/**
 * The six correlation columns and the excess, from a run of `un:correlations` or from folders of the
 * original's `correlations_fast.py`.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { inputFile } from "../../store/run/run_record.ts";
import { readSourceRun, sourceFiles } from "../../store/run/source_run.ts";
import { modelFingerprint } from "../source_columns.ts";
import type { NeuronColumns } from "./columns.ts";
import { openOriginal } from "./original_arrays.ts";
import { pairColumns, type PairMaxima } from "./pair_columns.ts";
import { float64, holds, modelName, type SourceOptions, type TableSource } from "./sources.ts";

const SUMMARY = "correlation_summary.pt";

/**
 * Reads one finished run, or one folder of the original's a pair: `<a>+<b>/<dataset>`, which holds
 * `pearson.none` and perhaps `pearson.rotation`.
 *
 * @throws {NeuriteError} E-FILE-MISSING for folders that are neither; E-USAGE for several runs, or pairs
 * of different models; and the errors of the files.
 */
export async function correlationSource(
  directories: readonly string[],
  options: SourceOptions,
): Promise<TableSource> {
  const [directory] = directories as [string];
  if (directories.length === 1 && !(await isPair(directory))) {
    return await fromRun(directory, options);
  }
  return await fromOriginal(directories, options);
}

async function isPair(directory: string): Promise<boolean> {
  return await holds(directory, `pearson.none/${SUMMARY}`);
}

async function fromRun(directory: string, options: SourceOptions): Promise<TableSource> {
  const run = await readSourceRun(directory, {
    script: "universal_neurons/correlations",
    command: "deno task un:correlations",
  });
  const summary = await run.summary();
  const columns = options.isOriginal
    ? pairColumns(await pairsOf(run), options)
    : await joinedColumns(run);
  const { layers } = summary;
  const option = (name: string) => run.record.options[name]?.value ?? null;
  return {
    kind: "correlations",
    path: run.directory,
    model: modelName(summary["model_1"]),
    layers: typeof layers === "number" ? layers : undefined,
    neurons: columns.max_corr!.length,
    columns,
    inputs: sourceFiles("correlations", run),
    weights: modelFingerprint(run.record.inputs),
    facts: {
      similarity: option("similarity"),
      baseline: option("baseline"),
      partners: Object.keys(summary["pairs"] ?? {}),
      "kept_tokens": Number(summary["kept_tokens"]),
    },
  };
}

/** The columns that the run has over all its partners. */
async function joinedColumns(run: FinishedRun): Promise<NeuronColumns> {
  const arrays = await run.arrays();
  const column = (name: string) => arrays[name] && float64(arrays[name].data);
  const named = {
    "max_corr": column("pairs_max_corr"),
    "mean_corr": column("pairs_mean_corr"),
    "min_corr": column("pairs_min_corr"),
    "max_baseline": column("pairs_max_baseline"),
    "min_baseline": column("pairs_min_baseline"),
    "mean_baseline": column("pairs_mean_baseline"),
    "excess_corr": column("excess_corr"),
  };
  return Object.fromEntries(Object.entries(named).filter(([, values]) => values)) as NeuronColumns;
}

/** Each partner's maxima: in `arrays` and `real`, or `pair_<partner>` and `pair_<partner>_real`. */
async function pairsOf(run: FinishedRun): Promise<PairMaxima[]> {
  const files = run.record.outputs.map(({ path }) => /^(.+)\.safetensors$/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  const pairs = files.filter((name) => name.startsWith("pair_") && !name.endsWith("_real"));
  const names = pairs.length > 0 ? pairs : ["arrays"];
  return await Promise.all(names.map(async (name) => {
    const asked = await run.arrays(name);
    const real = name === "arrays" ? "real" : `${name}_real`;
    const { max_corr: maxCorr } = files.includes(real) ? await run.arrays(real) : asked;
    const draws = asked["baseline_max_corr"];
    return {
      maxCorr: float64(maxCorr!.data),
      baseline: draws && meanOverDraws(draws as HostArray<Float32Array>),
    };
  }));
}

function meanOverDraws({ data, shape }: HostArray<Float32Array>): Float64Array {
  const [draws, n] = shape as [number, number];
  const mean = new Float64Array(n);
  data.forEach((x, i) => mean[i % n]! += x / draws);
  return mean;
}

async function fromOriginal(
  directories: readonly string[],
  options: SourceOptions,
): Promise<TableSource> {
  const pairs = await Promise.all(directories.map(originalPair));
  const [first] = pairs as [OriginalPair];
  const other = pairs.find(({ models, maxCorr }) =>
    models?.[0] !== first.models?.[0] || maxCorr.length !== first.maxCorr.length
  );
  if (other) throw otherModel(other, first);
  return {
    kind: "correlations",
    path: first.path,
    model: first.models?.[0],
    neurons: first.maxCorr.length,
    columns: pairColumns(pairs, options),
    inputs: (await Promise.all(pairs.flatMap(({ files }) => files))).toSorted((a, b) =>
      a.name < b.name ? -1 : 1
    ),
    facts: {
      similarity: "pearson",
      baseline: first.baseline ? "rotation" : "none",
      partners: pairs.map(({ models }, i) => models?.[1] ?? `partner ${i + 1}`),
    },
  };
}

interface OriginalPair extends PairMaxima {
  readonly path: string;
  readonly models: readonly [string, string] | undefined;
  readonly files: readonly ReturnType<typeof inputFile>[];
}

async function originalPair(directory: string, place: number): Promise<OriginalPair> {
  const path = resolve(directory);
  if (!(await isPair(path))) throw noPair(path);
  const [real, rotated] = ["none", "rotation"].map((kind) => join(path, `pearson.${kind}`)) as [
    string,
    string,
  ];
  const hasBaseline = await holds(rotated, SUMMARY);
  const folders = hasBaseline ? [real, rotated] : [real];
  const [one, other, ...more] = basename(dirname(path)).split("+");
  return {
    path,
    models: one && other && more.length === 0 ? [one, other] : undefined,
    maxCorr: await realMaxima(real),
    baseline: hasBaseline
      ? float64((await (await openOriginal(rotated)).read("max_corr")).data)
      : undefined,
    files: folders.map((folder) =>
      inputFile(`correlations/${place}/${basename(folder)}`, join(folder, SUMMARY))
    ),
  };
}

/**
 * Where a neuron of the partner is NaN, the largest of every row is: the original's `neuron_df` takes
 * each such correlation for 0. The tails, sorted with NaN first, have the largest that is none.
 */
async function realMaxima(directory: string): Promise<Float64Array> {
  const folder = await openOriginal(directory);
  const maxima = float64((await folder.read("max_corr")).data);
  if (maxima.every((r) => !Number.isNaN(r))) return maxima;
  const { data, shape } = await folder.read("max_tail_corr");
  const depth = shape[1]!;
  return maxima.map((r, i) => {
    if (!Number.isNaN(r)) return r;
    const tail = data.subarray(i * depth, (i + 1) * depth) as Float32Array;
    return Math.max(0, tail.find((value) => !Number.isNaN(value)) ?? 0);
  });
}

function noPair(path: string) {
  return cannot("E-FILE-MISSING", {
    do: "read correlations",
    thing: path,
    is: `without pearson.none/${SUMMARY}`,
    expected: "one run of un:correlations, or <a>+<b>/<dataset> of the original for each pair",
    hint: "deno task un:correlations makes a run; --out says where",
  });
}

function otherModel(other: OriginalPair, first: OriginalPair) {
  const name = ({ models, maxCorr }: OriginalPair) =>
    `${models?.[0] ?? "a model it does not name"} (${maxCorr.length} neurons)`;
  return cannot("E-USAGE", {
    do: "join",
    thing: other.path,
    is: `correlations of ${name(other)}`,
    expected: `${name(first)}, as in ${first.path}`,
    hint: "give pairs of one model",
  });
}
