/**
 * Smooth densities: Gaussian kernels.
 *
 * @module
 */
import { sortFinite } from "./percentiles.ts";

/** How {@linkcode kernelDensity} smooths. */
export interface KernelDensityOptions {
  /**
   * Standard deviation of a kernel over that of the values: a number in SciPy's `bw_method`.
   * @default Scott's `count^(−1/5)`
   */
  readonly factor?: number;
  /** Times Scott's factor; seaborn's `bw_adjust`. @default {1} */
  readonly adjust?: number;
  /**
   * Ends that no value can be beyond, such as 0 and 1 of a share: what a kernel has outside is folded
   * back at the end, so that the area inside stays 1. @default no ends
   */
  readonly bounds?: readonly [low: number, high: number];
}

/** A density at some places. */
export interface KernelDensity {
  /** One value for each place. */
  readonly density: Float64Array;
  /** Standard deviation of a kernel, in units of the values. */
  readonly bandwidth: number;
  /** Values that are NaN, infinite or out of bounds, which are left out. */
  readonly leftOut: number;
}

/** Beyond this many standard deviations a kernel adds less than 1e-16 of its peak. */
const REACH = 8.6;

/** Sample standard deviation, of n − 1 as SciPy's covariance. */
function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Index of the first of ascending values that is not below `least`. */
function firstFrom(sorted: Float64Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Gaussian kernel density of the finite values at the places `at`; SciPy's `gaussian_kde`. All zero,
 * with bandwidth 0, where fewer than two values differ.
 *
 * @throws {RangeError} for a factor or an adjustment that is not above 0, or bounds turned round.
 *
 * @example Usage
 * ```ts
 * import { kernelDensity } from "neurite/lib/figure/transforms/kernel_density.ts";
 *
 * const { density } = kernelDensity([0, 1, 2, 3], [1.5], { factor: 0.5 });
 * if (Math.abs(density[0]! - 0.2497) > 1e-3) throw new Error("unreachable");
 * ```
 */
export function kernelDensity(
  values: ArrayLike<number>,
  at: ArrayLike<number>,
  { factor, adjust = 1, bounds = [-Infinity, Infinity] }: KernelDensityOptions = {},
): KernelDensity {
  const [low, high] = bounds;
  if (!((factor ?? 1) > 0 && adjust > 0 && low < high)) {
    throw new RangeError(
      `Cannot smooth "values": factor ${factor}, adjust ${adjust}, bounds ${low} to ${high}, ` +
        "expected positive numbers and ascending bounds",
    );
  }
  const sorted = sortFinite(values).sorted.filter((value) => value >= low && value <= high);
  const leftOut = values.length - sorted.length;
  const spread = sorted.length < 2 ? 0 : deviationOf(sorted);
  const bandwidth = spread * (factor ?? adjust * sorted.length ** -0.2);
  if (!(bandwidth > 0)) {
    return { density: new Float64Array(at.length), bandwidth: 0, leftOut };
  }
  const scale = 1 / (bandwidth * Math.sqrt(2 * Math.PI) * sorted.length);
  const sumAt = (place: number): number => {
    let sum = 0;
    const end = place + REACH * bandwidth;
    const first = firstFrom(sorted, place - REACH * bandwidth);
    for (let i = first; i < sorted.length && sorted[i]! <= end; i++) {
      sum += Math.exp(-0.5 * ((place - sorted[i]!) / bandwidth) ** 2);
    }
    return sum;
  };
  const density = Float64Array.from(at, (place) => {
    if (place < low || place > high) return 0;
    const mirrored = bounds.filter(Number.isFinite).map((end) => sumAt(2 * end - place));
    return scale * mirrored.reduce((sum, one) => sum + one, sumAt(place));
  });
  return { density, bandwidth, leftOut };
}
