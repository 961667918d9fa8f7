/**
 * Named sums over token blocks: what a shard of a correlation run holds, saves and gives to a merge.
 *
 * @module
 */
import { elementCount, formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { addOnGrid, EXACT_LIMIT } from "./grid.ts";

/** An array of sums. */
export type SumArray = HostArray<Float64Array>;

/** Before the name of a sum, as a file has it. */
export const SUM = "sum:";

/** Before the name of an array given to {@linkcode ExactSums.fix}. */
export const CONSTANT = "constant:";

/** Blocks of a run at most, each of which is counted; a file may say anything. */
export const MOST_BLOCKS: number = 2 ** 24;

/** The array of blocks, int32 `[ranges, 2]`. */
export const BLOCKS = "blocks";

/**
 * Sums over some blocks of a run. Every sum is on the grid of `grid.ts`, so the sums of all blocks are
 * the same bits however the blocks were shared out and in whatever order the parts are merged.
 *
 * @example Usage
 * ```ts
 * import { ExactSums } from "neurite/lib/neuron/correlation/exact_sums.ts";
 *
 * const [one, two] = [new ExactSums("run"), new ExactSums("run")];
 * one.add("x", [2], Float32Array.of(0.1, 1));
 * one.countBlock(0);
 * two.add("x", [2], Float32Array.of(0.2, 2));
 * two.countBlock(1);
 * const both = ExactSums.merge([two, one]);
 * if (both.get("x").data[1] !== 3 || both.blocks().join() !== "0,2") throw new Error("unreachable");
 * ```
 */
export class ExactSums {
  readonly #sums = new Map<string, SumArray>();
  readonly #constants = new Map<string, SumArray>();
  readonly #blocks = new Set<number>();

  /** @param identity of the run: only parts of one identity may be merged. */
  constructor(readonly identity: string) {}

  /** Adds the values of a block, or of another part, to a sum that begins at 0. */
  add(name: string, shape: readonly number[], values: Float32Array | Float64Array): void {
    let sum = this.#sums.get(name);
    if (!sum) {
      sum = { data: new Float64Array(elementCount(shape)), shape };
      this.#sums.set(name, sum);
    }
    if (sum.data.length !== values.length || formatShape(sum.shape) !== formatShape(shape)) {
      throw new RangeError(
        `Cannot add to "${name}": ${values.length} values ${formatShape(shape)}, expected ` +
          formatShape(sum.shape),
      );
    }
    addOnGrid(sum.data, values);
  }

  /**
   * Keeps an array that every part of the run must have bit for bit, such as the shift.
   *
   * @throws {NeuriteError} E-SHARD when another one of that name is kept.
   */
  fix(name: string, data: Float64Array): void {
    const own = this.#constants.get(name)?.data;
    if (own && !isSame(own, data)) throw badState(this.identity, `parts with different "${name}"`);
    this.#constants.set(name, { data, shape: [data.length] });
  }

  /** Marks a block as added; a block counts once. */
  countBlock(index: number): void {
    if (this.#blocks.has(index)) throw twice(this.identity, index);
    this.#blocks.add(index);
  }

  /** The blocks that were added, as first and one past the last of each run of them. */
  blocks(): number[] {
    const ranges: number[] = [];
    for (const index of [...this.#blocks].sort((a, b) => a - b)) {
      if (ranges.at(-1) === index) ranges[ranges.length - 1] = index + 1;
      else ranges.push(index, index + 1);
    }
    return ranges;
  }

  /** A sum. */
  get(name: string): SumArray {
    return held(this.#sums, name);
  }

  /** A sum that is not needed here any more: its memory goes with the result. */
  take(name: string): SumArray {
    const sum = this.get(name);
    this.#sums.delete(name);
    return sum;
  }

  /** An array given to {@linkcode ExactSums.fix}. */
  constant(name: string): Float64Array {
    return held(this.#constants, name).data;
  }

  /**
   * Whether the sums whose names begin with `prefix` are in the range where the grid is exact. With the
   * sums of squares in it, the sums of products are as well (Cauchy-Schwarz).
   */
  isExact(prefix: string): boolean {
    return [...this.#sums].every(([name, { data }]) =>
      !name.startsWith(prefix) || data.every((x) => !(Math.abs(x) >= EXACT_LIMIT))
    );
  }

  /** Everything as arrays, for a file; nothing is copied. */
  toArrays(): Record<string, HostArray> {
    const named = (prefix: string, from: ReadonlyMap<string, SumArray>) =>
      [...from].map(([name, array]) => [prefix + name, array] as const);
    const blocks = Int32Array.from(this.blocks());
    return {
      ...Object.fromEntries([...named(SUM, this.#sums), ...named(CONSTANT, this.#constants)]),
      [BLOCKS]: { data: blocks, shape: [blocks.length / 2, 2] },
    };
  }

  /**
   * What {@linkcode ExactSums.toArrays} gave.
   *
   * @throws {NeuriteError} E-SHARD for arrays that are no such state.
   */
  static fromArrays(identity: string, arrays: Readonly<Record<string, HostArray>>): ExactSums {
    const sums = new ExactSums(identity);
    for (const [name, array] of Object.entries(arrays)) {
      const isSum = name.startsWith(SUM);
      if (array.data instanceof Float64Array && isSum) {
        sums.#sums.set(name.slice(SUM.length), array as SumArray);
      } else if (array.data instanceof Float64Array && name.startsWith(CONSTANT)) {
        sums.#constants.set(name.slice(CONSTANT.length), array as SumArray);
      } else if (name !== BLOCKS) {
        throw badState(identity, `array "${name}" of ${array.data.constructor.name}`);
      }
    }
    for (const [start, end] of blockRanges(identity, arrays[BLOCKS])) {
      for (let index = start; index < end; index++) sums.countBlock(index);
    }
    return sums;
  }

  /**
   * The sums of all parts, the same bits in any order of parts.
   *
   * @throws {NeuriteError} E-SHARD when parts are of different runs or share a block.
   */
  static merge(parts: Iterable<ExactSums>): ExactSums {
    let whole: ExactSums | undefined;
    for (const part of parts) {
      whole ??= new ExactSums(part.identity);
      whole.#include(part);
    }
    return whole ?? new ExactSums("");
  }

  #include(part: ExactSums): void {
    if (part.identity !== this.identity) {
      throw badState(this.identity, `another part of run "${part.identity}"`);
    }
    const isFirst = this.#constants.size === 0 && this.#blocks.size === 0;
    for (const [name, { data }] of part.#constants) {
      if (!isFirst && !this.#constants.has(name)) {
        throw badState(this.identity, `parts with different "${name}"`);
      }
      this.fix(name, data);
    }
    // A share of no block has no sums yet.
    if (part.#blocks.size === 0) return;
    const isEmpty = this.#blocks.size === 0;
    if (!isEmpty && part.#sums.size !== this.#sums.size) {
      throw badState(this.identity, `parts of ${part.#sums.size} and ${this.#sums.size} sums`);
    }
    for (const index of part.#blocks) this.countBlock(index);
    for (const [name, { data, shape }] of part.#sums) {
      if (!isEmpty && !this.#sums.has(name)) {
        throw badState(this.identity, `a part with "${name}", which others lack`);
      }
      this.add(name, shape, data);
    }
  }
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((x, i) => Object.is(x, other[i]));
}

function held(arrays: ReadonlyMap<string, SumArray>, name: string): SumArray {
  const array = arrays.get(name);
  if (array) return array;
  throw new RangeError(`Cannot read sums "${name}": absent, expected ${[...arrays.keys()]}`);
}

function* blockRanges(identity: string, array: HostArray | undefined): Generator<[number, number]> {
  if (!(array?.data instanceof Int32Array) || array.data.length % 2 !== 0) {
    throw badState(identity, `no int32 array "${BLOCKS}" [ranges, 2]`);
  }
  let before = 0;
  for (let i = 0; i < array.data.length; i += 2) {
    const [start, end] = [array.data[i]!, array.data[i + 1]!];
    if (start < before || end <= start || end > MOST_BLOCKS) {
      throw badState(identity, `blocks ${start} to ${end} after block ${before}`);
    }
    yield [start, before = end];
  }
}

function badState(identity: string, is: string) {
  return cannot("E-SHARD", {
    do: "use the sums of",
    thing: identity,
    is,
    expected: "parts of one run, each block once",
    hint: "compute the part again with the same command, models and tokens as the others",
  });
}

function twice(identity: string, index: number) {
  return badState(identity, `block ${index} added twice`);
}
