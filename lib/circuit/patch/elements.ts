/**
 * The few elementwise steps of an evaluation, over millions of values: plain loops, because an array's
 * own `from` with a function takes ten times as long.
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** `x += values`, where the shorter `values` is repeated. */
export function addRepeated(x: Float64Array, values: Floats): void {
  addScaled(x, values, 1);
}

/** `a − b` in float64, where the shorter `b` is repeated. */
export function difference(a: Floats, b: Floats): Float64Array {
  const out = new Float64Array(a);
  addScaled(out, b, -1);
  return out;
}

function addScaled(x: Float64Array, values: Floats, factor: number): void {
  const length = values.length;
  for (let start = 0; start < x.length; start += length) {
    for (let i = 0; i < length; i++) x[start + i]! += factor * values[i]!;
  }
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
