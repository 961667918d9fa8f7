/**
 * One head at one position with some of its keys and values replaced: the only place where a patch
 * moves between positions.
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** A head at a position, in rows of the N prompts of a run. */
export interface HeadSite {
  /** Rows asked for: N, or S·N for a sweep, which take the runs' rows in turn. */
  readonly rows: number;
  /** N. */
  readonly count: number;
  /** T. */
  readonly length: number;
  /** The head's own position on the T axis: the last one it reads. */
  readonly index: number;
  readonly head: number;
  readonly nHead: number;
  readonly dHead: number;
  /** What a query times a key is multiplied by. */
  readonly scale: number;
}

/** What a head reads. */
export interface HeadInputs {
  /** `[R, K]` or `[N, K]`. */
  readonly query: Floats;
  /** Unchanged keys `[N, T, H·K]`. */
  readonly keys: Floats;
  /** Unchanged values `[N, T, H·K]`. */
  readonly values: Floats;
  /** Keys `[R, K]` or `[N, K]` in their place, by position on the T axis. */
  readonly changedKeys: ReadonlyMap<number, Floats>;
  /** Values `[R, K]` or `[N, K]` in their place. */
  readonly changedValues: ReadonlyMap<number, Floats>;
}

/** `Σ_s pattern · v` of the head at its position, computed in float64: `[R, K]`. */
export function mixHead(inputs: HeadInputs, site: HeadSite): Float64Array {
  const { query, keys, values, changedKeys, changedValues } = inputs;
  const { rows, count, length, index, head, nHead, dHead: K, scale } = site;
  const z = new Float64Array(rows * K);
  const weights = new Float64Array(index + 1);
  for (let row = 0; row < rows; row++) {
    const at = (t: number) => (((row % count) * length + t) * nHead + head) * K;
    const queryAt = (row * K) % query.length;
    let top = -Infinity;
    for (let t = 0; t <= index; t++) {
      const changed = changedKeys.get(t);
      const from = changed ?? keys;
      const start = changed ? (row * K) % changed.length : at(t);
      let dot = 0;
      for (let i = 0; i < K; i++) dot += query[queryAt + i]! * from[start + i]!;
      weights[t] = dot * scale;
      top = Math.max(top, weights[t]!);
    }
    let sum = 0;
    for (let t = 0; t <= index; t++) sum += weights[t] = Math.exp(weights[t]! - top);
    for (let t = 0; t <= index; t++) {
      const changed = changedValues.get(t);
      const from = changed ?? values;
      const start = changed ? (row * K) % changed.length : at(t);
      const weight = weights[t]! / sum;
      for (let i = 0; i < K; i++) z[row * K + i]! += weight * from[start + i]!;
    }
  }
  return z;
}
