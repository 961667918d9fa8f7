/**
 * The few elementwise steps of an evaluation, over millions of values: plain loops, because an array's
 * own `from` with a function takes ten times as long.
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** Elements of a sum that are made at a time: what is added to stays in the nearest cache. */
const BLOCK = 2048;

/** Memory for `length` values as precise as the most precise of some arrays. */
function floatsLike(arrays: readonly Floats[], length: number): Floats {
  const isSingle = arrays.every((array) => array instanceof Float32Array);
  return isSingle ? new Float32Array(length) : new Float64Array(length);
}

/**
 * `terms[0] + terms[1] + …` from left to right: `length` values, float32 where all terms are. Shorter
 * terms are repeated; the lengths of all are multiples of the shortest.
 */
export function sumRepeated(terms: readonly [Floats, ...Floats[]], length: number): Floats {
  const [first, second, ...others] = terms;
  const unit = Math.min(...terms.map((term) => term.length));
  const out = floatsLike(terms, length);
  for (let repeat = 0; repeat < length; repeat += unit) {
    for (let from = 0; from < unit; from += BLOCK) {
      const start = repeat + from;
      const end = repeat + Math.min(unit, from + BLOCK);
      const shift = (term: Floats) => start % term.length - start;
      if (!second) {
        out.set(first.subarray(start + shift(first), end + shift(first)), start);
        continue;
      }
      const [a, b] = [shift(first), shift(second)];
      // Two at once: the first need not be copied before.
      for (let i = start; i < end; i++) out[i] = first[i + a]! + second[i + b]!;
      for (const term of others) {
        const c = shift(term);
        for (let i = start; i < end; i++) out[i]! += term[i + c]!;
      }
    }
  }
  return out;
}

/** `a − b`, where the shorter `b` is repeated; float32 where both are. */
export function difference(a: Floats, b: Floats): Floats {
  const out = floatsLike([a, b], a.length);
  for (let start = 0; start < a.length; start += b.length) {
    for (let i = 0; i < b.length; i++) out[start + i] = a[start + i]! - b[i]!;
  }
  return out;
}

/** Rows of several arrays one after the other. */
export function concatenated(parts: readonly Floats[]): Floats {
  const out = floatsLike(parts, parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    out.set(part, start);
    start += part.length;
  }
  return out;
}

/** One head's columns of `[rows, H·K]`: `[rows, K]` of the same type. */
export function headColumns(
  values: Floats,
  head: number,
  [H, K]: readonly [number, number],
): Floats {
  const rows = values.length / (H * K);
  const out = floatsLike([values], rows * K);
  for (let row = 0; row < rows; row++) {
    const from = (row * H + head) * K;
    out.set(values.subarray(from, from + K), row * K);
  }
  return out;
}
