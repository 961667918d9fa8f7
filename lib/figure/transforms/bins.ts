/**
 * Counts of values in bins of equal width, along one axis or two.
 *
 * @module
 */

/** Bins of equal width, as NumPy's `histogram` has them: the last holds its upper edge. */
export interface Bins {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The `count + 1` edges of bins. */
export function binEdges({ low, high, count }: Bins): Float64Array {
  return Float64Array.from({ length: count + 1 }, (_, i) => edge({ low, high, count }, i));
}

function edge({ low, high, count }: Bins, i: number): number {
  return i === count ? high : low + (high - low) / count * i;
}

/** The bin of a value; −1 for NaN and values outside. The edges decide, not the division. */
export function binOf(bins: Bins, value: number): number {
  const { low, high, count } = bins;
  if (!(value >= low && value <= high)) return -1;
  const near = Math.min(count - 1, Math.floor((value - low) / (high - low) * count));
  if (value < edge(bins, near)) return near - 1;
  return near < count - 1 && value >= edge(bins, near + 1) ? near + 1 : near;
}

/**
 * Checks bins.
 *
 * @throws {RangeError} for no bins or ends that are not finite and ascending.
 */
export function checkBins(bins: Bins): void {
  const { low, high, count } = bins;
  const isRange = Number.isFinite(low) && Number.isFinite(high) && low < high;
  if (isRange && Number.isInteger(count) && count > 0 && count <= 1 << 20) return;
  throw new RangeError(
    `Cannot bin "values": ${count} bins from ${low} to ${high}, ` +
      "expected 1 to 1048576 bins between two finite ascending ends",
  );
}

/** How often values lie in which bin. */
export interface BinCounts {
  readonly counts: Float64Array;
  /** Values that are NaN or infinite. */
  readonly leftOut: number;
  /** Finite values outside all bins. */
  readonly outside: number;
}

/**
 * Counts of values by bin; NumPy's `histogram`.
 *
 * @throws {RangeError} as {@linkcode checkBins}.
 *
 * @example Usage
 * ```ts
 * import { countBins } from "neurite/lib/figure/transforms/bins.ts";
 *
 * const { counts, leftOut } = countBins([0, 0.5, 1, NaN], { low: 0, high: 1, count: 2 });
 * if (counts.join() !== "1,2" || leftOut !== 1) throw new Error("unreachable");
 * ```
 */
export function countBins(values: ArrayLike<number>, bins: Bins): BinCounts {
  checkBins(bins);
  const counts = new Float64Array(bins.count);
  let [leftOut, outside] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(bins, values[i]!);
    if (bin >= 0) counts[bin]!++;
    else if (Number.isFinite(values[i])) outside++;
    else leftOut++;
  }
  return { counts, leftOut, outside };
}

/** Counts in a grid of bins, `[y.count, x.count]` row-major, the row of the lowest y first. */
export interface GridCounts extends BinCounts {
  readonly x: Bins;
  readonly y: Bins;
}

/**
 * Counts of pairs by bin; NumPy's `histogram2d`, transposed. A pair with a value that is not finite
 * counts as left out.
 *
 * @throws {RangeError} as {@linkcode checkBins}, and when x and y differ in number.
 */
export function countGrid(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  bins: { readonly x: Bins; readonly y: Bins },
): GridCounts {
  checkBins(bins.x);
  checkBins(bins.y);
  if (x.length !== y.length) {
    throw new RangeError(
      `Cannot bin "pairs": ${x.length} x and ${y.length} y, expected one y for each x`,
    );
  }
  const counts = new Float64Array(bins.x.count * bins.y.count);
  let [leftOut, outside] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const [column, row] = [binOf(bins.x, x[i]!), binOf(bins.y, y[i]!)];
    if (column >= 0 && row >= 0) counts[row * bins.x.count + column]!++;
    else if (Number.isFinite(x[i]) && Number.isFinite(y[i])) outside++;
    else leftOut++;
  }
  return { ...bins, counts, leftOut, outside };
}
