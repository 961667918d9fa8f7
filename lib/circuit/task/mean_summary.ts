/**
 * Means of whatever a script measures on each prompt, with their sd and interval.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { percentileInterval, resampledMeans } from "./bootstrap.ts";
import type { Bounds } from "./measures.ts";
import { meanAndSd } from "./year_metrics.ts";

/** A mean over N prompts: its sample standard deviation and 95 % bootstrap interval. */
export type MeanSummary = Readonly<{ mean: number; sd: number; ci: Bounds }>;

/**
 * Summaries of measures f64 `[N]` by name. All share the bootstrap's draws, so that their
 * differences can be read.
 *
 * @param seed of the bootstrap.
 * @throws {RangeError} for measures of unequal length.
 */
export function summarizeMeans<Name extends string>(
  measures: Readonly<Record<Name, Float64Array>>,
  seed: number,
): Record<Name, MeanSummary> {
  const entries = Object.entries<Float64Array>(measures);
  const draws = resampledMeans(entries.map(([, values]) => values), { seed });
  const summaries = entries.map(([name, values], i) => {
    const { low, high } = percentileInterval(draws[i]!);
    return [name, { ...meanAndSd(values), ci: [low, high] }];
  });
  return Object.fromEntries(summaries) as Record<Name, MeanSummary>;
}

/** Measures under their names for arrays.safetensors: f32 `[N]` each. */
export function measureArrays(
  measures: Readonly<Record<string, Float64Array>>,
): Record<string, HostArray<Float32Array>> {
  const arrays = Object.entries(measures).map((
    [name, values],
  ): [string, HostArray<Float32Array>] => [
    name,
    { data: Float32Array.from(values), shape: [values.length] },
  ]);
  return Object.fromEntries(arrays);
}

/** Measures under their names as columns of a table with a row a prompt. */
export function measureColumns(measures: Readonly<Record<string, Float64Array>>): TableColumn[] {
  return Object.entries(measures).map(([name, values]) => ({ name, type: "float64", values }));
}
