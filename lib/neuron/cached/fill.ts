/**
 * From the activations of whole layers to the columns of chosen neurons.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import type { ColumnTarget } from "./column_buffer.ts";
import type { Aggregation } from "./layout.ts";

/** What happened to values on their way, over a run. */
export interface ValueCounts {
  /** Finite ones that float16 holds as infinity. */
  overflowed: number;
  /** NaN or infinite ones. */
  nonFinite: number;
}

/** Larger ones are rounded to infinity: half a step above 65,504. */
const FLOAT16_END = 65520;

/** The chosen neurons of one layer. */
export interface LayerColumns {
  /** Place of each in its layer. */
  readonly neurons: Int32Array;
  /** Column of each. */
  readonly columns: Int32Array;
}

/** One value of each row of tokens. */
export interface RowAggregation {
  readonly how: Exclude<Aggregation, "none">;
  /** u8 `[rows, T]`, 1 where a position counts; every row has one that does. All count when absent. */
  readonly counted?: Uint8Array | undefined;
  /** What a position that does not count is for the maximum. @default {-Infinity} */
  readonly maskedMax?: number | undefined;
}

/** Positions copied together: a cache line of float16 in each column. */
const TILE = 32;

function endOf({ data }: ColumnTarget): number {
  return data instanceof Float16Array ? FLOAT16_END : Infinity;
}

function countBad(value: number, counts: ValueCounts): void {
  if (Number.isFinite(value)) counts.overflowed++;
  else counts.nonFinite++;
}

/** Copies the columns of `values [rows, T, F]`, position by position. */
export function fillPositions(
  target: ColumnTarget,
  { data, shape }: HostArray,
  { neurons, columns }: LayerColumns,
  counts: ValueCounts,
): void {
  const [rows, T, F] = shape as [number, number, number];
  const values = data as Floats;
  const end = endOf(target);
  for (let from = 0; from < rows * T; from += TILE) {
    const to = Math.min(from + TILE, rows * T);
    for (let j = 0; j < neurons.length; j++) {
      const start = columns[j]! * target.stride + target.at;
      for (let i = from; i < to; i++) {
        const value = values[i * F + neurons[j]!]!;
        if (!(Math.abs(value) < end)) countBad(value, counts);
        target.data[start + i] = value;
      }
    }
  }
}

/**
 * Aggregates `values [rows, T, F]` over the positions of each row that count: their mean, in float64;
 * their largest; or the last of them.
 */
export function fillAggregated(
  target: ColumnTarget,
  { data, shape }: HostArray,
  { neurons, columns }: LayerColumns,
  { counts, aggregation: { how, counted, maskedMax = -Infinity } }: {
    counts: ValueCounts;
    aggregation: RowAggregation;
  },
): void {
  const [rows, T, F] = shape as [number, number, number];
  const values = data as Floats;
  const end = endOf(target);
  const result = new Float64Array(neurons.length);
  for (let row = 0; row < rows; row++) {
    const kept: number[] = [];
    for (let t = 0; t < T; t++) if (counted?.[row * T + t] !== 0) kept.push(row * T + t);
    const isPartial = kept.length < T;
    const used = how === "last" ? kept.slice(-1) : kept;
    result.fill(how !== "max" ? 0 : isPartial ? maskedMax : -Infinity);
    for (const position of used) {
      for (let j = 0; j < neurons.length; j++) {
        const value = values[position * F + neurons[j]!]!;
        if (how === "max") result[j] = Math.max(result[j]!, value);
        else result[j]! += value;
      }
    }
    const divisor = how === "mean" ? used.length : 1;
    for (let j = 0; j < neurons.length; j++) {
      const value = result[j]! / divisor;
      if (!(Math.abs(value) < end)) countBad(value, counts);
      target.data[columns[j]! * target.stride + target.at + row] = value;
    }
  }
}

/** Copies an output `[rows, T]`, or `[rows, T − 1]`: the last position has no next token and gets 0. */
export function fillOutput({ data, at }: ColumnTarget, output: HostArray, T: number): void {
  const [rows, given] = output.shape as [number, number];
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < T; t++) {
      data[at + row * T + t] = t < given ? Number(output.data[row * given + t]) : 0;
    }
  }
}
