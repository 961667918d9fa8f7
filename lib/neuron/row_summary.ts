/**
 * Summaries of the rows of a matrix that is never whole: it comes by in tiles of columns.
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { TopK } from "./top_k.ts";

/** Bins of a histogram of values in [−1, 1]: 99 equal ones, and one beyond either end. */
export const SIMILARITY_BINS = 101;

/** The 100 edges: bin k counts `edge[k − 1] < value ≤ edge[k]` (spec: `linspace(−1, 1, 100)`). */
export const SIMILARITY_EDGES: Float64Array = Float64Array.from(
  { length: 100 },
  (_, k) => -1 + 2 * k / 99,
);

/** What is known of the rows before they come. */
export interface RowSummaryOptions {
  /** The exact mean of each row, f64 `[rows]`. */
  readonly mean: Float64Array;
  /** Columns in all. */
  readonly columns: number;
  /** How many of the largest and of the smallest values to keep; fewer where columns are fewer. */
  readonly top: number;
}

/** Some columns `[rows, count]` of the matrix. */
export interface SummaryTile {
  readonly data: Float32Array | Float64Array;
  /** Number of the first of these columns. */
  readonly first: number;
  readonly count: number;
}

/** Streamed moments, histogram and extremes of each row of a matrix of similarities. */
export class RowSummary {
  readonly #mean: Float64Array;
  readonly #columns: number;
  readonly #k: number;
  readonly #top: TopK;
  readonly #bottom: TopK;
  readonly #histogram: Int32Array;
  /** Sums of the second, third and fourth powers of the deviations, by row. */
  readonly #powers: [Float64Array, Float64Array, Float64Array];

  /** Rows are those of `mean`. */
  constructor({ mean, columns, top }: RowSummaryOptions) {
    const rows = mean.length;
    this.#mean = mean;
    this.#columns = columns;
    this.#k = Math.min(top, columns);
    this.#top = new TopK(rows, this.#k);
    this.#bottom = new TopK(rows, this.#k);
    this.#histogram = new Int32Array(rows * SIMILARITY_BINS);
    this.#powers = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  }

  /** Takes the next columns; tiles come in rising order of columns. */
  add({ data, first, count }: SummaryTile): void {
    for (let row = 0; row < this.#mean.length; row++) {
      this.#addPowers(row, data, count);
      if (this.#k > 0) this.#addExtremes(row, data, { first, count });
    }
  }

  #addPowers(row: number, data: Float32Array | Float64Array, count: number): void {
    const mean = this.#mean[row]!;
    const histogram = this.#histogram;
    const bins = row * SIMILARITY_BINS;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let i = row * count; i < (row + 1) * count; i++) {
      const value = data[i]!;
      const deviation = value - mean;
      const square = deviation * deviation;
      second += square;
      third += square * deviation;
      fourth += square * square;
      histogram[bins + Math.ceil((value + 1) * 49.5)]!++;
    }
    this.#powers[0][row]! += second;
    this.#powers[1][row]! += third;
    this.#powers[2][row]! += fourth;
  }

  #addExtremes(
    row: number,
    data: Float32Array | Float64Array,
    { first, count }: { first: number; count: number },
  ): void {
    let high = this.#top.least(row);
    let low = -this.#bottom.least(row);
    for (let i = row * count; i < (row + 1) * count; i++) {
      const value = data[i]!;
      if (value > high) high = this.#top.offer(row, value, first + i - row * count);
      if (value < low) low = -this.#bottom.offer(row, -value, first + i - row * count);
    }
  }

  /**
   * The summary, each array `[rows, ...]`: `mean`, population `var`, `skew`, non-excess `kurt`
   * (3 for a Gaussian; NaN where the row is constant), `top`, `top_ix`, `bottom`, `bottom_ix`
   * `[rows, k]`, `hist` int32 `[rows, 101]`. Nothing can be added afterwards.
   */
  finish(): Record<string, HostArray> {
    const rows = this.#mean.length;
    const n = this.#columns;
    const [second, third, fourth] = this.#powers;
    const variance = second.map((sum) => sum / n);
    const top = this.#top.sorted();
    const bottom = this.#bottom.sorted();
    const perRow = (data: Float64Array) => ({ data: Float32Array.from(data), shape: [rows] });
    const places = { shape: [rows, this.#k] };
    return {
      mean: perRow(this.#mean),
      var: perRow(variance),
      skew: perRow(third.map((sum, row) => sum / n / variance[row]! ** 1.5)),
      kurt: perRow(fourth.map((sum, row) => sum / n / variance[row]! ** 2)),
      top: { data: Float32Array.from(top.values), ...places },
      "top_ix": { data: top.columns, ...places },
      bottom: { data: Float32Array.from(bottom.values, (value) => -value), ...places },
      "bottom_ix": { data: bottom.columns, ...places },
      hist: { data: this.#histogram, shape: [rows, SIMILARITY_BINS] },
    };
  }
}
