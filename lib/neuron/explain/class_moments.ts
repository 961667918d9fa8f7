/**
 * Moments of the positions that a feature holds of, and how far apart they are from the others
 * (spec/universal_neurons.md sections 1.9 and 1.15).
 *
 * @module
 */

/** Moments of one class of values. */
export interface ClassMoments {
  readonly count: number;
  readonly mean: number;
  /** Σ(x − mean)². */
  readonly squares: number;
  /** Σ(x − mean)³ and Σ(x − mean)⁴; NaN where only two powers were summed. */
  readonly cubes: number;
  readonly fourths: number;
}

/**
 * Moments from power sums.
 *
 * @param sums Σ d, Σ d² and perhaps Σ d³, Σ d⁴ of d = x − shift.
 */
export function classMoments(
  count: number,
  sums: ArrayLike<number>,
  { shift = 0 }: { readonly shift?: number } = {},
): ClassMoments {
  const [first, second, third = NaN, fourth = NaN] = Array.from(sums) as [number, number];
  const d = first / count;
  return {
    count,
    mean: d + shift,
    // Rounding can leave less than nothing of a class of equal values.
    squares: Math.max(0, second - d * first),
    cubes: third - 3 * d * second + 2 * d * d * first,
    fourths: fourth - 4 * d * third + 6 * d * d * second - 3 * d * d * d * first,
  };
}

/** The mean where a feature holds less that where it does not. */
export function meanDifference(one: ClassMoments, zero: ClassMoments): number {
  return one.mean - zero.mean;
}

/** Welch's t of the difference in means; NaN where either class has fewer than two values. */
export function welchT(one: ClassMoments, zero: ClassMoments): number {
  const [ofOne, ofZero] = [one, zero].map(({ count, squares }) => squares / (count - 1) / count);
  return (one.mean - zero.mean) / Math.sqrt(ofOne! + ofZero!);
}

/** Skewness; NaN of a constant. */
export function skewness({ count, squares, cubes }: ClassMoments): number {
  return cubes / count / (squares / count) ** 1.5;
}

/** Kurtosis, 3 of a Gaussian; NaN of a constant. */
export function kurtosis({ count, squares, fourths }: ClassMoments): number {
  return count * fourths / squares ** 2;
}

/**
 * What the release computes for skewness and kurtosis: where `((x − mean) / sd)^k` is meant, its
 * `(x − mean / sd)^k` divides first, and the mean is of powers about the point mean / sd.
 */
function releaseMoment(
  { count, mean, squares, cubes, fourths }: ClassMoments,
  power: 3 | 4,
): number {
  const gap = mean - mean / Math.sqrt(squares / count);
  const [second, third, fourth] = [squares / count, cubes / count, fourths / count];
  if (power === 3) return third + 3 * gap * second + gap ** 3;
  return fourth + 4 * gap * third + 6 * gap ** 2 * second + gap ** 4;
}

/** Settings of the reductions in skewness and kurtosis. */
export interface MomentOptions {
  /** Compute what the release computes in place of skewness and kurtosis. @default {false} */
  readonly asReleased?: boolean;
}

type Split = readonly [all: ClassMoments, one: ClassMoments, zero: ClassMoments];

function reduction([all, one, zero]: Split, of: (moments: ClassMoments) => number): number {
  return of(all) - (one.count * of(one) + zero.count * of(zero)) / all.count;
}

/** How much smaller |skewness| is within the two classes, weighted by size, than over all values. */
export function skewnessReduction(
  split: Split,
  { asReleased = false }: MomentOptions = {},
): number {
  const of = (moments: ClassMoments) =>
    Math.abs(asReleased ? releaseMoment(moments, 3) : skewness(moments));
  return reduction(split, of);
}

/** The share of the kurtosis that is gone within the two classes, weighted by size. */
export function kurtosisReduction(
  split: Split,
  { asReleased = false }: MomentOptions = {},
): number {
  const of = (moments: ClassMoments) => asReleased ? releaseMoment(moments, 4) : kurtosis(moments);
  return reduction(split, of) / of(split[0]);
}
