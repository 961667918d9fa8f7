/**
 * The loops over the positions of a block for one neuron. All of the time that is not the model's goes
 * here: plain typed arrays, one neuron's values side by side, nothing made inside.
 *
 * @module
 */
import { BIN_LOWER, BIN_UPPER } from "./bins.ts";
import { insertLargest, type LargestList, raiseLargest } from "./largest.ts";
import type { OrderedBlock } from "./ordered_block.ts";

/** Neurons turned at once: one cache line of float32. */
export const TILE = 16;
/** Positions turned at once. */
const STEP = 8;

/** Places between two neurons of a turned tile: a power of two would put all into the same cache sets. */
export function turnedStride(K: number): number {
  return K + STEP;
}

/** Columns `first` to `first + count` of `[K, width]` into the rows of `target [count, stride]`. */
export function turnColumns(
  source: Float32Array | Float64Array,
  target: Float64Array,
  { K, width, first, count }: { K: number; width: number; first: number; count: number },
): void {
  const stride = turnedStride(K);
  for (let k = 0; k < K; k += STEP) {
    const end = Math.min(k + STEP, K);
    for (let n = 0; n < count; n++) {
      let from = k * width + first + n;
      for (let to = n * stride + k; to < n * stride + end; to++) {
        target[to] = source[from]!;
        from += width;
      }
    }
  }
}

/**
 * Adds the values of a neuron to its bins `[257]` and to `powers [4]`, the sums of the first four powers
 * of `pre − shift`. Where `pre` or `post` is not finite, `post` becomes NaN and nothing is added.
 */
export function addValues(
  pre: Float64Array,
  post: Float64Array,
  { bins, powers, shift }: { bins: Int32Array; powers: Float64Array; shift: number },
): void {
  let first = powers[0]!;
  let second = powers[1]!;
  let third = powers[2]!;
  let fourth = powers[3]!;
  for (let i = 0; i < pre.length; i++) {
    const x = pre[i]!;
    // Infinity and NaN are the numbers whose difference from themselves is not 0.
    if (x - x !== 0 || post[i]! - post[i]! !== 0) {
      post[i] = NaN;
      continue;
    }
    // As binOf, which is not inlined here.
    let k = x <= -10 ? 0 : x > 15 ? 256 : Math.ceil((x + 10) * 10.2);
    if (x > BIN_UPPER[k]!) k++;
    else if (x <= BIN_LOWER[k]!) k--;
    bins[k]!++;
    const deviation = x - shift;
    const square = deviation * deviation;
    first += deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  powers[0] = first;
  powers[1] = second;
  powers[2] = third;
  powers[3] = fourth;
}

/** Offers a neuron's values to the list of its largest; offsets rise. */
export function keepLargest(post: Float64Array, offsets: Int32Array, list: LargestList): void {
  const { values } = list;
  const last = values.length - 1;
  let least = values[last]!;
  for (let i = 0; i < post.length; i++) {
    if (post[i]! > least) {
      insertLargest(list, post[i]!, offsets[i]!);
      least = values[last]!;
    }
  }
}

/** What is kept of a neuron's tokens. */
export interface TokenStatistics {
  /** f64 `[U]`, of the followed tokens. */
  readonly sum: Float64Array;
  /** f32 `[U]`, or empty where the list is enough. */
  readonly max: Float32Array;
  /** The tokens of the largest maxima, by id. */
  readonly maxima: LargestList;
}

/** Adds a neuron's values to the statistics of their tokens, one after the other. */
export function addByToken(
  post: Float64Array,
  { order, ids, slots, starts }: OrderedBlock,
  { sum, max, maxima }: TokenStatistics,
): void {
  const { values } = maxima;
  const last = values.length - 1;
  let least = last < 0 ? Infinity : values[last]!;
  for (let r = 0; r < slots.length; r++) {
    const slot = slots[r]!;
    const end = starts[r + 1]!;
    let total = slot < 0 ? 0 : sum[slot]!;
    let most = -Infinity;
    for (let j = starts[r]!; j < end; j++) {
      const value = post[order[j]!]!;
      if (value !== value) continue;
      total += value;
      if (value > most) most = value;
    }
    if (slot >= 0) {
      sum[slot] = total;
      if (slot < max.length && most > max[slot]!) max[slot] = most;
    }
    if (most >= least) {
      raiseLargest(maxima, most, ids[r]!);
      least = values[last]!;
    }
  }
}
