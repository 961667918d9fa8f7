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

/** Mixes what rows read at some positions. */
class HeadMixer {
  constructor(readonly inputs: HeadInputs, readonly site: HeadSite) {}

  /** What a row reads at some positions, added to what it has read before. */
  mix(row: number, positions: readonly number[], before: Mixed): Mixed {
    const scores = positions.map((t) => this.#score(row, t));
    const top = Math.max(before.top, ...scores);
    const kept = before.sum === 0 ? 0 : Math.exp(before.top - top);
    let sum = before.sum * kept;
    const mixed = before.values.map((value) => value * kept);
    positions.forEach((t, position) => {
      const weight = Math.exp(scores[position]! - top);
      sum += weight;
      const { changedValues, values } = this.inputs;
      const { from, start } = this.#read(row, t, changedValues.get(t), values);
      for (let i = 0; i < mixed.length; i++) mixed[i]! += weight * from[start + i]!;
    });
    return { top, sum, values: mixed };
  }

  #score(row: number, t: number): number {
    const { query, changedKeys, keys } = this.inputs;
    const { dHead: K, scale } = this.site;
    const queryAt = (row * K) % query.length;
    const { from, start } = this.#read(row, t, changedKeys.get(t), keys);
    let dot = 0;
    for (let i = 0; i < K; i++) dot += query[queryAt + i]! * from[start + i]!;
    return dot * scale;
  }

  /** Where a row's key or value at a position stands. */
  #read(row: number, t: number, changed: Floats | undefined, unchanged: Floats) {
    const { count, length, nHead, head, dHead: K } = this.site;
    if (changed) return { from: changed, start: (row * K) % changed.length };
    return { from: unchanged, start: (((row % count) * length + t) * nHead + head) * K };
  }
}

/**
 * `Σ_s pattern · v` of the head at its position, computed in float64: `[N, K]` or `[S·N, K]`. The
 * positions that nothing changes are mixed once a query; a row adds those that are changed.
 */
export function mixHead(inputs: HeadInputs, site: HeadSite): Float64Array {
  const { query, changedKeys, changedValues } = inputs;
  const { count, index, dHead: K } = site;
  const mixer = new HeadMixer(inputs, site);
  const isChanged = (t: number) => changedKeys.has(t) || changedValues.has(t);
  const positions = Array.from({ length: index + 1 }, (_, t) => t);
  const changed = positions.filter(isChanged);
  const unchanged = positions.filter((t) => !isChanged(t));
  const lengths = [query, ...changedKeys.values(), ...changedValues.values()]
    .map((array) => array.length);

  const nothing: Mixed = { top: -Infinity, sum: 0, values: new Float64Array(K) };
  const rest = Array.from(
    { length: Math.max(count, query.length / K) },
    (_, row) => mixer.mix(row, unchanged, nothing),
  );
  const z = new Float64Array(Math.max(...lengths));
  for (let row = 0; row < z.length / K; row++) {
    const { sum, values } = mixer.mix(row, changed, rest[row % rest.length]!);
    for (let i = 0; i < K; i++) z[row * K + i] = values[i]! / sum;
  }
  return z;
}
