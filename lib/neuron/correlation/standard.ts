/**
 * How activations are prepared for summing: shifted and scaled neuron by neuron.
 *
 * @module
 */
import { addOnGrid } from "./grid.ts";

/** Activations of one layer, `[positions, F]`. */
export type Activations = Float32Array | Float64Array;

/** What each neuron of a layer is shifted by, and then multiplied by. */
export interface Standard {
  /** `[F]`. */
  readonly shift: Float64Array;
  /** `[F]`, powers of two, which round nothing. */
  readonly factor: Float64Array;
}

/** Or only whether an activation lies above a threshold: 1 or 0, for Jaccard. */
export interface Threshold {
  readonly above: number;
}

/**
 * A neuron that hardly moves in the first block is magnified no further: it may move later, and sums
 * are exact up to a limit only.
 */
const MOST_FACTOR = 2 ** 20;

/**
 * Mean and inverse deviation (to a power of two) of each neuron over the kept positions of the first
 * block. Correlations do not depend on them; they keep the sums near 1, without the cancellation of
 * `Σx² − (Σx)²/n`.
 */
export function standardOf(values: Activations, width: number, kept: Int32Array): Standard {
  const shift = new Float64Array(width);
  const factor = new Float64Array(width);
  const first = values.subarray(kept[0]! * width, (kept[0]! + 1) * width);
  for (const k of kept) {
    for (let f = 0; f < width; f++) shift[f]! += values[k * width + f]! - first[f]!;
  }
  // From the first value on, so that the mean of equal values is that value to the bit.
  for (let f = 0; f < width; f++) shift[f] = first[f]! + shift[f]! / kept.length;
  for (const k of kept) {
    for (let f = 0; f < width; f++) factor[f]! += (values[k * width + f]! - shift[f]!) ** 2;
  }
  for (let f = 0; f < width; f++) {
    const deviation = Math.sqrt(factor[f]! / kept.length);
    const power = 2 ** -Math.ceil(Math.log2(deviation));
    factor[f] = Number.isFinite(power) ? Math.min(power, MOST_FACTOR) : 1;
  }
  return { shift, factor };
}

/** Sums of one layer's neurons over a block. */
export interface NeuronSums {
  /** `[F]`. */
  readonly sum: Float64Array;
  /** `[F]`, of squares. */
  readonly square: Float64Array;
}

/** Where a layer's columns stand in a matrix: it has so many `across`, and they begin at `start`. */
export interface ColumnPlace {
  readonly across: number;
  readonly start: number;
}

/** What {@linkcode prepare} is told. */
export interface PrepareOptions {
  /** Positions to take, in their order. */
  readonly kept: Int32Array;
  /** F, neurons of the layer. */
  readonly width: number;
  readonly by: Standard | Threshold;
  /** @default the layer's columns are the whole target */
  readonly place?: ColumnPlace;
}

/**
 * The kept positions of a layer, prepared, in F columns of `target [K, across]`, whose further rows
 * become 0; and their sums. What is summed is what is in the target, rounded to float32.
 */
export function prepare(
  values: Activations,
  target: Float32Array,
  { kept, width, by, place = { across: width, start: 0 } }: PrepareOptions,
): NeuronSums {
  const sum = new Float64Array(width);
  const square = new Float64Array(width);
  let to = place.start;
  for (const k of kept) {
    const from = k * width;
    if ("above" in by) {
      for (let f = 0; f < width; f++) target[to + f] = values[from + f]! > by.above ? 1 : 0;
    } else {
      const { shift, factor } = by;
      for (let f = 0; f < width; f++) {
        target[to + f] = (values[from + f]! - shift[f]!) * factor[f]!;
      }
    }
    for (let f = 0; f < width; f++) {
      const x = target[to + f]!;
      sum[f]! += x;
      square[f]! += x * x;
    }
    to += place.across;
  }
  for (; to < target.length; to += place.across) target.fill(0, to, to + width);
  const rounded = { sum: new Float64Array(width), square: new Float64Array(width) };
  addOnGrid(rounded.sum, sum);
  addOnGrid(rounded.square, square);
  return rounded;
}
