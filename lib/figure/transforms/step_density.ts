/**
 * Step histograms: densities as outlines.
 *
 * @module
 */
import { binEdges, type Bins, countBins } from "./bins.ts";

/** An outline of a histogram: from each place to the next its height stays the same. */
export interface StepDensity {
  /** Ascending; ends at the upper edge of the last bin that is not empty. */
  readonly x: Float64Array;
  /** Heights from each place on; the last is 0. The area below is 1. */
  readonly y: Float64Array;
  /** Values that are NaN or infinite. */
  readonly leftOut: number;
  /** Finite values outside all bins; they count neither in the heights nor in the area. */
  readonly outside: number;
}

/**
 * The outline of NumPy's `histogram(..., density=True)` with `bins` bins, from the first to the last
 * that holds a value; places at which the height does not change are left out.
 *
 * @throws {RangeError} for no bins or ends that are not finite and ascending.
 */
export function stepDensity(values: ArrayLike<number>, bins: Bins): StepDensity {
  const { counts, leftOut, outside } = countBins(values, bins);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const edges = binEdges(bins);
  const [x, y]: [number[], number[]] = [[], []];
  const last = counts.findLastIndex((count) => count > 0);
  for (let bin = counts.findIndex((count) => count > 0); bin >= 0 && bin <= last; bin++) {
    const height = counts[bin]! / total / (edges[bin + 1]! - edges[bin]!);
    if (bin > 0 && x.length > 0 && counts[bin] === counts[bin - 1]) continue;
    if (x.length === 0) {
      x.push(edges[bin]!);
      y.push(0);
    }
    x.push(edges[bin]!);
    y.push(height);
  }
  if (last >= 0) {
    x.push(edges[last + 1]!);
    y.push(0);
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), leftOut, outside };
}
