/**
 * Features that belong to positions rather than to tokens, such as a part of speech: a bit a feature,
 * packed, and positions of equal bits in one group. What holds of a position is then as cheap as what
 * holds of a token.
 *
 * @module
 */
import type { GroupFeature, Labelling } from "./labelling.ts";

/** What a feature is called. */
export type FeatureName = Pick<GroupFeature, "name" | "family">;

const EMPTY = -1;

/** MurmurHash3's finalizer (Appleby, public domain): every bit reaches the low ones. */
function mixed(word: number): number {
  const first = Math.imul(word ^ word >>> 16, 0x85ebca6b);
  const second = Math.imul(first ^ first >>> 13, 0xc2b2ae35);
  return second ^ second >>> 16;
}

/**
 * Bits of N positions, `[N, ⌈F / 32⌉]` words.
 *
 * @example Usage
 * ```ts
 * import { PositionBits } from "neurite/lib/neuron/labels/position_bits.ts";
 *
 * const bits = new PositionBits(3, [{ name: "is_noun", family: "pos" }]);
 * bits.set(1, 0);
 * const { codes, groups, features } = bits.labelling("sequence");
 * if (codes.join() !== "0,1,0" || groups !== 2) throw new Error("unreachable");
 * if (features[0]!.holds.join() !== "0,1") throw new Error("unreachable");
 * ```
 */
export class PositionBits {
  readonly #words: Uint32Array;
  readonly #width: number;

  constructor(readonly positions: number, readonly features: readonly FeatureName[]) {
    this.#width = Math.max(1, Math.ceil(features.length / 32));
    this.#words = new Uint32Array(positions * this.#width);
  }

  /** Says that a feature, by its place, holds of a position. */
  set(position: number, feature: number): void {
    const isThere = position >= 0 && position < this.positions && feature >= 0 &&
      feature < this.features.length;
    if (!isThere) {
      throw new RangeError(
        `Cannot set "feature ${feature}": at position ${position}, expected ${this.features.length} ` +
          `features of ${this.positions} positions`,
      );
    }
    this.#words[position * this.#width + (feature >> 5)]! |= 1 << (feature & 31);
  }

  /** Positions of equal bits in one group, numbered as they come. */
  labelling(name: string): Labelling {
    const { codes, firsts } = this.#encode();
    const features = this.features.map((feature, f) => ({
      ...feature,
      holds: Uint8Array.from(firsts, (position) => this.#has(position, f) ? 1 : 0),
    }));
    return { name, codes, groups: firsts.length, features };
  }

  #has(position: number, feature: number): boolean {
    return (this.#words[position * this.#width + (feature >> 5)]! >>> (feature & 31) & 1) === 1;
  }

  /** Codes of all positions, and the first position of each code; a hash table over the words. */
  #encode(): { codes: Int32Array; firsts: number[] } {
    const codes = new Int32Array(this.positions);
    const firsts: number[] = [];
    let table = new Int32Array(1024).fill(EMPTY);
    for (let position = 0; position < this.positions; position++) {
      // Half full at most, so that probes stay short.
      if (2 * firsts.length >= table.length) table = this.#rehashed(firsts, 2 * table.length);
      const slot = this.#slot(table, firsts, position);
      if (table[slot] === EMPTY) {
        table[slot] = firsts.length;
        firsts.push(position);
      }
      codes[position] = table[slot]!;
    }
    return { codes, firsts };
  }

  #rehashed(firsts: readonly number[], size: number): Int32Array<ArrayBuffer> {
    const table = new Int32Array(size).fill(EMPTY);
    firsts.forEach((position, code) => table[this.#slot(table, firsts, position)] = code);
    return table;
  }

  /** Where the code of a position's bits stands, or would. */
  #slot(table: Int32Array, firsts: readonly number[], position: number): number {
    const [words, width] = [this.#words, this.#width];
    const start = position * width;
    let hash = 0;
    for (let w = 0; w < width; w++) hash = mixed(hash ^ words[start + w]!);
    let slot = hash & table.length - 1;
    for (;; slot = slot + 1 & table.length - 1) {
      const code = table[slot]!;
      if (code === EMPTY) return slot;
      const first = firsts[code]! * width;
      let w = 0;
      while (w < width && words[first + w] === words[start + w]) w++;
      if (w === width) return slot;
    }
  }
}
