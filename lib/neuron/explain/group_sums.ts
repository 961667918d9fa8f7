/**
 * Power sums of a neuron's activations over groups of positions.
 *
 * @module
 */
import type { GroupedFeatures } from "../labels/group_features.ts";

/** How many powers are summed: 2 for variances, 4 for skewness and kurtosis too. */
export type Powers = 2 | 4;

/**
 * Sums of (a − shift), (a − shift)², … over each of G groups, `[G, powers]`. A shift near the values
 * keeps squares from cancelling.
 */
export class GroupSums {
  readonly data: Float64Array;

  constructor(readonly groups: number, readonly powers: Powers) {
    this.data = new Float64Array(groups * powers);
  }

  /** Sets all sums to 0. */
  clear(): void {
    this.data.fill(0);
  }

  /** Adds the first `codes.length` values to the sums of their groups. */
  add(values: Float64Array, codes: Int32Array, shift: number): void {
    const { data } = this;
    if (this.powers === 2) {
      for (let i = 0; i < codes.length; i++) {
        const x = values[i]! - shift;
        const at = 2 * codes[i]!;
        data[at]! += x;
        data[at + 1]! += x * x;
      }
      return;
    }
    for (let i = 0; i < codes.length; i++) {
      const x = values[i]! - shift;
      const at = 4 * codes[i]!;
      data[at]! += x;
      data[at + 1]! += x * x;
      data[at + 2]! += x * x * x;
      data[at + 3]! += x * x * x * x;
    }
  }

  /** Sums over all groups, `[powers]`. */
  totals(): Float64Array {
    const { data, powers } = this;
    const totals = new Float64Array(powers);
    for (let i = 0; i < data.length; i++) totals[i % powers]! += data[i]!;
    return totals;
  }
}

/**
 * A value of a sample near its mean, to shift by: of a constant neuron the constant, so that its
 * variance is exactly 0.
 */
export function shiftOf(sample: Float64Array): number {
  const finite = sample.filter(Number.isFinite);
  const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
  const nearer = (a: number, b: number) => Math.abs(b - mean) < Math.abs(a - mean) ? b : a;
  return finite.reduce(nearer, finite[0] ?? 0);
}

/** Settings of {@linkcode featureSums}. */
export interface FeatureSumOptions {
  /** `[P]`: the place in `present` whose sums each present group is given; its own when absent. */
  readonly order?: Int32Array | undefined;
  /** `[F, powers]`, taken for the result. */
  readonly into?: Float64Array;
}

/** Sums over the positions that each feature holds of, `[F, powers]`, from those over groups. */
export function featureSums(
  grouped: GroupedFeatures,
  { data, powers }: GroupSums,
  { order, into = new Float64Array(grouped.features.length * powers) }: FeatureSumOptions = {},
): Float64Array {
  const { present, rows, starts, members } = grouped;
  const rowSums = new Float64Array((starts.length - 1) * powers);
  for (let p = 0; p < rows.length; p++) {
    const from = powers * present[order ? order[p]! : p]!;
    const at = powers * rows[p]!;
    for (let k = 0; k < powers; k++) rowSums[at + k]! += data[from + k]!;
  }
  into.fill(0);
  for (let row = 0; row < starts.length - 1; row++) {
    const from = powers * row;
    for (let m = starts[row]!; m < starts[row + 1]!; m++) {
      const at = powers * members[m]!;
      for (let k = 0; k < powers; k++) into[at + k]! += rowSums[from + k]!;
    }
  }
  return into;
}
