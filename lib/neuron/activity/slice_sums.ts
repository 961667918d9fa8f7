/**
 * What is summed of some neurons of a layer while token rows stream by.
 *
 * @module
 */
import { PRE_BINS } from "./bins.ts";
import {
  addWindows,
  emptyWindows,
  mergeWindows,
  type NeuronWindows,
  type WindowExtents,
  windowWidth,
} from "./example_windows.ts";
import { emptyLists, insertLargest, type LargestList, listOf, raiseLargest } from "./largest.ts";
import {
  addByToken,
  addValues,
  keepLargest,
  TILE,
  type TokenStatistics,
  turnColumns,
  turnedStride,
} from "./neuron_loops.ts";
import type { OrderedBlock } from "./ordered_block.ts";

/** Some neurons of a layer. */
export interface NeuronSlice {
  readonly layer: number;
  /** The first of them. */
  readonly from: number;
  /** One past the last. */
  readonly to: number;
}

/** Activations of a layer over a block, `[K, F]` each. */
export interface LayerActivations {
  readonly pre: Float32Array | Float64Array;
  readonly post: Float32Array | Float64Array;
  /** F. */
  readonly width: number;
}

/** Extents of {@linkcode SliceSums}. */
export interface SliceExtents extends WindowExtents {
  /** Largest activations kept of each neuron. */
  readonly examples: number;
  /** Tokens whose sums are kept. */
  readonly slots: number;
  /** Tokens of the largest maxima that are listed. */
  readonly maxima: number;
  /** Whether the maxima of all followed tokens are kept too. */
  readonly allMaxima: boolean;
}

/** The arrays of {@linkcode SliceSums} by name, N neurons; what a checkpoint holds. */
export interface SliceArrays {
  /** i32 `[N, 257]`. */
  readonly bins: Int32Array;
  /** f64 `[N, 4]`, sums of powers of `pre − shift`. */
  readonly powers: Float64Array;
  /** f64 `[N]`, the first finite activation of the run; NaN before there is one. */
  readonly shift: Float64Array;
  /** f64 `[N, examples]`. */
  readonly values: Float64Array;
  /** i32 `[N, examples]`. */
  readonly numbers: Int32Array;
  /** f16 `[N, windows, 2·reach + 1]`, activations around the first of them; NaN where there is no token. */
  readonly contexts: Float16Array;
  /** f64 `[N, U]`, sums after the nonlinearity by token. */
  readonly sum: Float64Array;
  /** f32 `[N, U]`, maxima after the nonlinearity by token, −∞ before there is one; or none. */
  readonly max: Float32Array;
  /** f64 `[N, maxima]`. */
  readonly maxValues: Float64Array;
  /** i32 `[N, maxima]`, token ids. */
  readonly maxTokens: Int32Array;
}

/**
 * Histogram, sums of powers, largest activations and sums by token of a slice. Values are added one
 * after the other, so that the bits do not depend on where rows are cut into blocks.
 */
export class SliceSums implements SliceArrays {
  readonly bins: Int32Array;
  readonly powers: Float64Array;
  readonly shift: Float64Array;
  readonly values: Float64Array;
  readonly numbers: Int32Array;
  readonly contexts: Float16Array;
  readonly sum: Float64Array;
  readonly max: Float32Array;
  readonly maxValues: Float64Array;
  readonly maxTokens: Int32Array;

  /** Takes over arrays; {@linkcode emptySums} makes them. */
  constructor(readonly slice: NeuronSlice, readonly extents: SliceExtents, arrays: SliceArrays) {
    this.bins = arrays.bins;
    this.powers = arrays.powers;
    this.shift = arrays.shift;
    this.values = arrays.values;
    this.numbers = arrays.numbers;
    this.contexts = arrays.contexts;
    this.sum = arrays.sum;
    this.max = arrays.max;
    this.maxValues = arrays.maxValues;
    this.maxTokens = arrays.maxTokens;
  }

  /** How many neurons. */
  get count(): number {
    return this.slice.to - this.slice.from;
  }

  /** Adds a block, whose rows come after those added before. */
  add({ pre, post, width }: LayerActivations, block: OrderedBlock): void {
    const K = block.offsets.length;
    const stride = turnedStride(K);
    const turned = { pre: new Float64Array(TILE * stride), post: new Float64Array(TILE * stride) };
    const { from, to } = this.slice;
    for (let first = from; first < to; first += TILE) {
      const count = Math.min(TILE, to - first);
      turnColumns(pre, turned.pre, { K, width, first, count });
      turnColumns(post, turned.post, { K, width, first, count });
      for (let n = 0; n < count; n++) {
        const [start, end] = [n * stride, n * stride + K];
        const values = {
          pre: turned.pre.subarray(start, end),
          post: turned.post.subarray(start, end),
        };
        this.#addNeuron(first + n - from, values, block);
      }
    }
  }

  #addNeuron(
    row: number,
    { pre, post }: { pre: Float64Array; post: Float64Array },
    block: OrderedBlock,
  ): void {
    const { shift, bins, powers } = this;
    if (Number.isNaN(shift[row])) shift[row] = pre.find(Number.isFinite) ?? NaN;
    addValues(pre, post, {
      bins: bins.subarray(row * PRE_BINS, (row + 1) * PRE_BINS),
      powers: powers.subarray(row * 4, row * 4 + 4),
      shift: shift[row]!,
    });
    const examples = this.examplesOf(row);
    keepLargest(post, block.offsets, examples);
    if (this.extents.windows > 0) {
      const { offsets, tokens } = block;
      addWindows(this.windowsOf(row), examples, { post, offsets, T: tokens.shape[1]! });
    }
    if (block.order.length > 0) addByToken(post, block, this.byToken(row));
  }

  /** The largest activations of a neuron of the slice and their offsets. */
  examplesOf(row: number): LargestList {
    return listOf(this, row, this.extents.examples);
  }

  /** The activations around the first of them. */
  windowsOf(row: number): NeuronWindows {
    const { extents, contexts } = this;
    const size = extents.windows * windowWidth(extents);
    return { data: contexts.subarray(row * size, (row + 1) * size), extents };
  }

  /** What is kept of the tokens of a neuron of the slice. */
  byToken(row: number): TokenStatistics {
    const { slots, maxima: k, allMaxima } = this.extents;
    const lists = { values: this.maxValues, numbers: this.maxTokens };
    return {
      sum: this.sum.subarray(row * slots, (row + 1) * slots),
      max: allMaxima ? this.max.subarray(row * slots, (row + 1) * slots) : this.max,
      maxima: listOf(lists, row, k),
    };
  }

  /** Adds the sums of other rows, which have the same shift; `slots` tells where their tokens are here. */
  merge(other: SliceSums, slots: Int32Array): void {
    other.bins.forEach((count, i) => this.bins[i]! += count);
    other.powers.forEach((power, i) => this.powers[i]! += power);
    for (let row = 0; row < this.count; row++) {
      const list = this.examplesOf(row);
      const { values, numbers } = other.examplesOf(row);
      values.forEach((value, i) => insertLargest(list, value, numbers[i]!));
      mergeWindows(this.windowsOf(row), list, { windows: other.windowsOf(row), numbers });
      const [mine, its] = [this.byToken(row), other.byToken(row)];
      slots.forEach((to, from) => {
        mine.sum[to]! += its.sum[from]!;
        if (to < mine.max.length) mine.max[to] = Math.max(mine.max[to]!, its.max[from]!);
      });
      its.maxima.values.forEach((value, i) => {
        if (value > -Infinity) raiseLargest(mine.maxima, value, its.maxima.numbers[i]!);
      });
    }
  }
}

/** Sums of nothing. Sums that are to be merged share their `shift`. */
export function emptySums(
  slice: NeuronSlice,
  extents: SliceExtents,
  shift: Float64Array = new Float64Array(slice.to - slice.from).fill(NaN),
): SliceSums {
  const rows = slice.to - slice.from;
  const { examples, slots, maxima, allMaxima } = extents;
  const largest = emptyLists(rows, maxima);
  return new SliceSums(slice, extents, {
    bins: new Int32Array(rows * PRE_BINS),
    powers: new Float64Array(rows * 4),
    shift,
    ...emptyLists(rows, examples),
    contexts: emptyWindows(rows, extents),
    sum: new Float64Array(rows * slots),
    max: new Float32Array(allMaxima ? rows * slots : 0).fill(-Infinity),
    maxValues: largest.values,
    maxTokens: largest.numbers,
  });
}

/** Bytes that the sums of one neuron take. */
export function bytesPerNeuron(extents: SliceExtents): number {
  const { examples, slots, maxima, allMaxima, windows } = extents;
  const contexts = Float16Array.BYTES_PER_ELEMENT * windows * windowWidth(extents);
  return 4 * PRE_BINS + 5 * 8 + 12 * (examples + maxima) + contexts + (allMaxima ? 12 : 8) * slots;
}
