/**
 * Letter values: quantiles at halves, quarters, eighths, ... (Hofmann, Wickham, Kafadar 2017,
 * "Letter-value plots: boxplots for large data").
 *
 * @module
 */
import { percentile, sortFinite } from "./percentiles.ts";

/** The middle part of the values between two quantiles. */
export interface LetterBox {
  /** 1 is the middle half, 2 the middle three quarters, ... */
  readonly depth: number;
  readonly low: number;
  readonly high: number;
}

/** The letter values of a sample. */
export interface LetterValues {
  /** Finite values. */
  readonly count: number;
  /** NaN where there is no finite value. */
  readonly median: number;
  /** The middle half first; each of the next holds the one before. */
  readonly boxes: readonly LetterBox[];
  /** Values beyond the last box, ascending. */
  readonly outliers: Float64Array;
  /** Values that are NaN or infinite, which are left out. */
  readonly leftOut: number;
}

/** How many boxes `count` values have: `⌊log2 count⌋ − 3`, at least one (Tukey's rule). */
export function tukeyDepth(count: number): number {
  const log = 31 - Math.clz32(count);
  return Math.max(log - 3, 1);
}

/**
 * Letter values by Tukey's rule, seaborn's `k_depth="tukey"`: box d reaches from the `2^−(d+1)` to the
 * `1 − 2^−(d+1)` quantile, and there are as many as leave 5 to 8 values beyond each end.
 *
 * @example Usage
 * ```ts
 * import { letterValues } from "neurite/lib/figure/transforms/letter_values.ts";
 *
 * const { median, boxes } = letterValues([1, 2, 3, 4, 5, NaN]);
 * if (median !== 3 || boxes[0]!.low !== 2 || boxes.length !== 1) throw new Error("unreachable");
 * ```
 */
export function letterValues(values: ArrayLike<number>): LetterValues {
  const { sorted, leftOut } = sortFinite(values);
  const count = sorted.length;
  if (count === 0) return { count, median: NaN, boxes: [], outliers: sorted, leftOut };
  const boxes = Array.from({ length: tukeyDepth(count) }, (_, i): LetterBox => {
    const tail = 100 * 0.5 ** (i + 2);
    return { depth: i + 1, low: percentile(sorted, tail), high: percentile(sorted, 100 - tail) };
  });
  const { low, high } = boxes.at(-1)!;
  return {
    count,
    median: percentile(sorted, 50),
    boxes,
    outliers: sorted.filter((value) => value < low || value > high),
    leftOut,
  };
}
