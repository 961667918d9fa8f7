/**
 * The few elementwise steps of an evaluation, over millions of values: plain loops, because an array's
 * own `from` with a function takes ten times as long.
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** Elements of a sum that are made at a time: what is added to stays in the nearest cache. */
const BLOCK = 2048;

/**
 * `terms[0] + terms[1] + …` in float64, from left to right: `length` values. Shorter terms are
 * repeated; the lengths of all are multiples of the first's.
 */
export function sumRepeated(terms: readonly [Floats, ...Floats[]], length: number): Float64Array {
  const [first, ...others] = terms;
  const out = new Float64Array(length);
  for (let repeat = 0; repeat < length; repeat += first.length) {
    for (let from = 0; from < first.length; from += BLOCK) {
      const to = Math.min(first.length, from + BLOCK);
      out.set(first.subarray(from, to), repeat + from);
      for (const term of others) {
        const shift = repeat % term.length - repeat;
        for (let i = repeat + from; i < repeat + to; i++) out[i]! += term[i + shift]!;
      }
    }
  }
  return out;
}

/** `a − b` in float64, where the shorter `b` is repeated. */
export function difference(a: Floats, b: Floats): Float64Array {
  const out = new Float64Array(a.length);
  for (let start = 0; start < a.length; start += b.length) {
    for (let i = 0; i < b.length; i++) out[start + i] = a[start + i]! - b[i]!;
  }
  return out;
}

/** One head's columns of `[rows, H·K]`: f64 `[rows, K]`. */
export function headColumns(
  values: Floats,
  head: number,
  [H, K]: readonly [number, number],
): Float64Array {
  const rows = values.length / (H * K);
  const out = new Float64Array(rows * K);
  for (let row = 0; row < rows; row++) {
    const from = (row * H + head) * K;
    out.set(values.subarray(from, from + K), row * K);
  }
  return out;
}
