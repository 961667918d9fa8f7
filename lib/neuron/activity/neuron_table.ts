/**
 * Summaries of activations as a table, a row a neuron, and as a few numbers.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { spread } from "../spread.ts";
import { PRE_BINS } from "./bins.ts";
import { binStatistics } from "./moments.ts";

/** Every neuron's numbers, `[L·F]` each. */
export interface ActivityColumns {
  /** From the middles of the bins, as the original. */
  readonly mean: Float64Array;
  readonly var: Float64Array;
  readonly skew: Float64Array;
  readonly kurt: Float64Array;
  /** The original's, `P(pre > −0.098)`. */
  readonly sparsity: Float64Array;
  /** `P(pre > 0)`. */
  readonly sharePositive: Float64Array;
  /** Activations that are NaN or infinite. */
  readonly nonFinite: Int32Array;
}

const NUMBERS = ["mean", "var", "skew", "kurt", "sparsity", "sharePositive"] as const;
const EXACT = ["mean", "var", "skew", "kurt"] as const;

/** What is computed from `neuron_bin_counts [L·F, 257]` over `tokens` positions. */
export function activityColumns({ data }: HostArray, tokens: number): ActivityColumns {
  const neurons = data.length / PRE_BINS;
  const columns = Object.fromEntries(
    NUMBERS.map((name) => [name, new Float64Array(neurons)]),
  ) as unknown as Record<typeof NUMBERS[number], Float64Array>;
  const nonFinite = new Int32Array(neurons);
  for (let i = 0; i < neurons; i++) {
    const counts = (data as Int32Array).subarray(i * PRE_BINS, (i + 1) * PRE_BINS);
    const statistics = binStatistics(counts);
    for (const name of NUMBERS) columns[name][i] = statistics[name];
    nonFinite[i] = tokens - statistics.count;
  }
  return { ...columns, nonFinite };
}

/** Arrays beside the bins. */
export type MomentArrays = Readonly<Record<`pre_${typeof EXACT[number]}`, HostArray>>;

/**
 * The table: `layer`, `neuron`, the original's `mean`, `var`, `skew`, `kurt` and `sparsity`,
 * `share_positive`, the exact moments, `dead` (never above 0), `constant`, `non_finite`.
 */
export function activityTable(
  columns: ActivityColumns,
  exact: MomentArrays,
  width: number,
): TableColumn[] {
  const { sharePositive, nonFinite, sparsity, ...moments } = columns;
  const places = Int32Array.from(nonFinite, (_, i) => i);
  const variance = exact.pre_var.data as Float32Array;
  const original = (["mean", "var", "skew", "kurt"] as const).map((name) => ({
    name,
    type: "float64" as const,
    values: moments[name],
  }));
  return [
    { name: "layer", type: "int32", values: places.map((i) => Math.floor(i / width)) },
    { name: "neuron", type: "int32", values: places.map((i) => i % width) },
    ...original,
    { name: "sparsity", type: "float64", values: sparsity },
    { name: "share_positive", type: "float64", values: sharePositive },
    ...EXACT.map((name) => ({
      name: `exact_${name}`,
      type: "float32" as const,
      values: exact[`pre_${name}`].data as Float32Array,
    })),
    { name: "dead", type: "boolean", values: Array.from(sharePositive, (share) => share === 0) },
    { name: "constant", type: "boolean", values: Array.from(variance, (value) => value === 0) },
    { name: "non_finite", type: "int32", values: nonFinite },
  ];
}

/** Means over neurons, and counts of those that are unlike the others. */
export function activitySummary(columns: ActivityColumns, exact: MomentArrays): SummaryNumbers {
  const { sharePositive, nonFinite } = columns;
  const variance = exact.pre_var.data as Float32Array;
  const ofKurt = Float64Array.from(exact.pre_kurt.data as Float32Array);
  return {
    neurons: nonFinite.length,
    sparsity: spread(columns.sparsity),
    "share_positive": spread(sharePositive),
    kurt: spread(columns.kurt),
    "exact_kurt": spread(ofKurt),
    "dead_neurons": sharePositive.filter((share) => share === 0).length,
    "constant_neurons": variance.filter((value) => value === 0).length,
    "non_finite_neurons": nonFinite.filter((count) => count > 0).length,
  };
}
