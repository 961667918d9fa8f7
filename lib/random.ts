/**
 * Seeded randomness for the whole suite: a counter-based generator, so that a draw depends only on
 * (seed, stream, index), never on what was drawn before. Philox4x32-10, Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3".
 *
 * @module
 */

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** Four 32-bit words. */
export type Words = [number, number, number, number];

/** The upper 32 bits of a product of two 32-bit words, whose 64 bits no float64 holds. */
function highWord(a: number, b: number): number {
  const low = b & 0xffff;
  const high = b >>> 16;
  return Math.floor((a * high + Math.floor(a * low / 0x10000)) / 0x10000);
}

/** Philox4x32-10: four random words from a 128-bit counter and a 64-bit key. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const first = highWord(a, MULTIPLIERS[0]) ^ d ^ k1;
    const second = highWord(c, MULTIPLIERS[1]) ^ b ^ k0;
    b = Math.imul(c, MULTIPLIERS[1]);
    d = Math.imul(a, MULTIPLIERS[0]);
    a = second >>> 0;
    c = first >>> 0;
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [a, b >>> 0, c, d >>> 0];
}

/** FNV-1a, which turns a stream's name into 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/**
 * A named stream of random numbers.
 *
 * @example Usage
 * ```ts
 * import { RandomStream } from "neurite/lib/random.ts";
 *
 * const nouns = new RandomStream(1, "nouns");
 * if (nouns.integer(7, 120) !== new RandomStream(1, "nouns").integer(7, 120)) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export class RandomStream {
  readonly #key: readonly [number, number];

  /** `seed` is a non-negative integer below 2³²; `name` separates uses of one seed. */
  constructor(seed: number, name: string) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(`Cannot seed "${name}": ${seed}, expected an integer from 0 to 2³² − 1`);
    }
    this.#key = [seed, hash(name)];
  }

  /** The `index`-th uniform number in [0, 1), with 53 random bits. */
  uniform(index: number): number {
    const counter: Words = [index >>> 0, Math.floor(index / 2 ** 32), 0, 0];
    const [high, low] = philox(counter, this.#key);
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  }

  /** The `index`-th integer from 0 to `below` − 1. */
  integer(index: number, below: number): number {
    return Math.floor(this.uniform(index) * below);
  }
}
