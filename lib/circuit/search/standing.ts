/**
 * A value's place among those of random draws.
 *
 * @module
 */
import { meanAndSd } from "../task/year_metrics.ts";

/** Where a value stands; under the names of summary.json. */
export type Standing = Readonly<{
  /** Draws that are at least as large. */
  reached: number;
  /** Share of the draws that are smaller, in per cent. */
  percentile: number;
  /**
   * `(reached + 1) / (draws + 1)`: how likely a further draw is to be as large, the value itself
   * counted as one (Davison & Hinkley 1997, section 4.2). Never below 1 / (draws + 1).
   */
  p: number;
  /** Standard deviations of the draws above their mean; null where all draws are equal. */
  z: number | null;
}>;

/** The spread of draws, under the names of summary.json. */
export type Spread = Readonly<
  Record<"draws" | "mean" | "sd" | "least" | "median" | "most", number>
>;

/**
 * The place of `value` among draws.
 *
 * @throws {RangeError} for no draws.
 */
export function standing(value: number, draws: readonly number[]): Standing {
  const { mean, sd } = spread(draws);
  const reached = draws.filter((draw) => draw >= value).length;
  return {
    reached,
    percentile: 100 * draws.filter((draw) => draw < value).length / draws.length,
    p: (reached + 1) / (draws.length + 1),
    z: sd > 0 ? (value - mean) / sd : null,
  };
}

/**
 * How draws are spread.
 *
 * @throws {RangeError} for no draws.
 */
export function spread(draws: readonly number[]): Spread {
  if (draws.length === 0) throw new RangeError('Cannot rank "draws": none, expected at least one');
  const sorted = draws.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return {
    draws: draws.length,
    ...meanAndSd(Float64Array.from(draws)),
    least: sorted[0]!,
    median,
    most: sorted.at(-1)!,
  };
}
