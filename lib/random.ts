/**
 * Seeded randomness for the whole suite: a counter-based generator, so that a draw depends only on
 * (seed, stream, index), never on what was drawn before. Philox4x32-10, Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3".
 *
 * @module
 */

const MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;

/** Four 32-bit words. */
export type Words = [number, number, number, number];

/** Philox4x32-10: four random words from a 128-bit counter and a 64-bit key. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const first = MULTIPLIERS[0] * BigInt(a);
    const second = MULTIPLIERS[1] * BigInt(c);
    [a, b, c, d] = [
      (Number(second >> 32n) ^ b ^ k0) >>> 0,
      Number(second & 0xffffffffn),
      (Number(first >> 32n) ^ d ^ k1) >>> 0,
      Number(first & 0xffffffffn),
    ];
    k0 = (k0 + WEYL[0]) >>> 0;
    k1 = (k1 + WEYL[1]) >>> 0;
  }
  return [a, b, c, d];
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
