/**
 * Means of whatever a script measures on each prompt, with their sd and interval.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { percentileInterval, ratioInterval, resampledMeans } from "./bootstrap.ts";
import { type Bounds, boundsOf } from "./measures.ts";
import { meanAndSd } from "./year_metrics.ts";

/** A mean over N prompts: its sample standard deviation and 95 % bootstrap interval. */
export type MeanSummary = Readonly<{ mean: number; sd: number; ci: Bounds }>;

/** A ratio of two means over the same prompts, and its 95 % bootstrap interval. */
export type RatioOfMeans = Readonly<{ ratio: number; ci: Bounds }>;

/**
 * Measures f64 `[N]` by name under one set of the bootstrap's draws, so that their means, differences
 * and ratios can be read beside each other.
 */
export class DrawnMeasures<Name extends string> {
  readonly #draws: ReadonlyMap<Name, Float64Array>;

  /**
   * @param seed of the bootstrap.
   * @throws {RangeError} for measures of unequal length.
   */
  constructor(readonly measures: Readonly<Record<Name, Float64Array>>, seed: number) {
    const names = Object.keys(measures) as Name[];
    const draws = resampledMeans(names.map((name) => measures[name]), { seed });
    this.#draws = new Map(names.map((name, i) => [name, draws[i]!]));
  }

  /** Mean, sample standard deviation and interval of one measure. */
  summary(name: Name): MeanSummary {
    const ci = boundsOf(percentileInterval(this.#draws.get(name)!));
    return { ...meanAndSd(this.measures[name]), ci };
  }

  /** One mean over another; undefined where that is 0. */
  ratio(above: Name, below: Name): RatioOfMeans | undefined {
    const sum = (name: Name) => this.measures[name].reduce((total, value) => total + value, 0);
    const whole = sum(below);
    if (whole === 0) return undefined;
    const interval = ratioInterval(this.#draws.get(above)!, this.#draws.get(below)!);
    return { ratio: sum(above) / whole, ci: boundsOf(interval) };
  }
}

/** The summary of each of some measures; `seed` and errors as of {@linkcode DrawnMeasures}. */
export function summarizeMeans<Name extends string>(
  measures: Readonly<Record<Name, Float64Array>>,
  seed: number,
): Record<Name, MeanSummary> {
  const drawn = new DrawnMeasures(measures, seed);
  const names = Object.keys(measures) as Name[];
  return Object.fromEntries(names.map((name) => [name, drawn.summary(name)])) as Record<
    Name,
    MeanSummary
  >;
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
