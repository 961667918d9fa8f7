/**
 * The results of a batch's levels as those of its rows.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import type { Level } from "./sharing.ts";

/** What a level computed: the elements of `[N, outer, t, width]` for its N rows and t positions. */
export interface LevelPart {
  readonly level: Level;
  readonly array: HostArray<Floats>;
}

/** How the joined array is laid out: `[B, outer, T, width]`. */
export interface JoinLayout {
  readonly T: number;
  /** Extent of the axes between rows and positions: H in `[B, H, T, S]`, else 1. */
  readonly outer: number;
  /** Elements of a position. */
  readonly width: number;
  /** What stands where a level's positions have fewer elements, as its queries have fewer keys. */
  readonly pad: number;
}

/** Gives each row of the batch its positions from the level that computed them. */
export function joinLevels(parts: readonly LevelPart[], layout: JoinLayout): Floats {
  const { T, outer, width, pad } = layout;
  const [first] = parts as [LevelPart];
  const make = first.array.data.constructor as new (length: number) => Floats;
  const joined = new make(first.level.of.length * outer * T * width);
  if (pad !== 0) joined.fill(pad);
  for (const { level: { from, to, rows, of }, array: { data } } of parts) {
    const count = to - from;
    const own = data.length / (rows.length * outer * count);
    // Positions of full width stand side by side in both arrays.
    const together = own === width ? count : 1;
    of.forEach((row, place) => {
      for (let o = 0; o < outer; o++) {
        const source = (row * outer + o) * count;
        const target = (place * outer + o) * T + from;
        for (let t = 0; t < count; t += together) {
          const copied = data.subarray((source + t) * own, (source + t + together) * own);
          joined.set(copied, (target + t) * width);
        }
      }
    });
  }
  return joined;
}
