/**
 * One head at one position with some of its keys and values replaced: the only place where a patch
 * moves between positions.
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** A head at a position, in the N prompts of a run. */
export interface HeadSite {
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

/** What a head reads, each of N prompts or of S·N rows, which take the prompts in turn. */
export interface HeadInputs {
  /** `[N, K]` or `[S·N, K]`. */
  readonly query: Floats;
  /** Unchanged keys `[N, T, H·K]`. */
  readonly keys: Floats;
  /** Unchanged values `[N, T, H·K]`. */
  readonly values: Floats;
  /** Keys `[N, K]` or `[S·N, K]` in their place, by position on the T axis. */
  readonly changedKeys: ReadonlyMap<number, Floats>;
  /** Values `[N, K]` or `[S·N, K]` in their place. */
  readonly changedValues: ReadonlyMap<number, Floats>;
}

/** A softmax over some positions, not yet divided: what is largest is `exp(0)`. */
interface Mixed {
  readonly top: number;
  readonly sum: number;
  /** f64 `[K]`, `Σ_s exp(score_s − top) · v_s`. */
  readonly values: Float64Array;
}

/** One position as a row sees it: where its key and value begin. */
interface Read {
  readonly keys: Floats;
  readonly keyAt: number;
  readonly values: Floats;
  readonly valueAt: number;
}

/**
 * `Σ_s pattern · v` of the head at its position, computed in float64: `[N, K]` or `[S·N, K]`. The
 * positions that nothing changes are mixed once a query; a row adds those that are changed.
 */
export function mixHead(inputs: HeadInputs, site: HeadSite): Float64Array {
  const { query, keys, values, changedKeys, changedValues } = inputs;
  const { count, length, index, head, nHead, dHead: K, scale } = site;
  const isRead = (t: number) => t <= index;
  const changed = [...new Set([...changedKeys.keys(), ...changedValues.keys()])].filter(isRead);
  const unchanged = Array.from({ length: index + 1 }, (_, t) => t)
    .filter((t) => !changed.includes(t));
  const lengths = [query, ...changedKeys.values(), ...changedValues.values()]
    .map((array) => array.length);
  const rows = Math.max(...lengths) / K;

  const mix = (row: number, positions: readonly number[], before: Mixed): Mixed => {
    const queryAt = (row * K) % query.length;
    const reads = positions.map((t): Read => {
      const own = (((row % count) * length + t) * nHead + head) * K;
      const key = changedKeys.get(t);
      const value = changedValues.get(t);
      return {
        keys: key ?? keys,
        keyAt: key ? (row * K) % key.length : own,
        values: value ?? values,
        valueAt: value ? (row * K) % value.length : own,
      };
    });
    const scores = reads.map(({ keys, keyAt }) => {
      let dot = 0;
      for (let i = 0; i < K; i++) dot += query[queryAt + i]! * keys[keyAt + i]!;
      return dot * scale;
    });
    const top = Math.max(before.top, ...scores);
    const kept = before.sum === 0 ? 0 : Math.exp(before.top - top);
    let sum = before.sum * kept;
    const mixed = before.values.map((value) => value * kept);
    reads.forEach(({ values, valueAt }, position) => {
      const weight = Math.exp(scores[position]! - top);
      sum += weight;
      for (let i = 0; i < K; i++) mixed[i]! += weight * values[valueAt + i]!;
    });
    return { top, sum, values: mixed };
  };

  const nothing: Mixed = { top: -Infinity, sum: 0, values: new Float64Array(K) };
  const rest = Array.from(
    { length: Math.max(count, query.length / K) },
    (_, row) => mix(row, unchanged, nothing),
  );
  const z = new Float64Array(rows * K);
  for (let row = 0; row < rows; row++) {
    const { sum, values } = mix(row, changed, rest[row % rest.length]!);
    for (let i = 0; i < K; i++) z[row * K + i] = values[i]! / sum;
  }
  return z;
}
