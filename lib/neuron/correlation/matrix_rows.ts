/**
 * What is kept of each row of a similarity matrix that is never whole: extremes, histogram, moments.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { SIMILARITY_BINS, SIMILARITY_EDGES } from "../row_summary.ts";
import { TopK } from "../top_k.ts";

/** Extremes kept of each row (spec/universal_neurons section 1.2). */
export const TAIL = 50;

/** The bin of a similarity; 0 and 100 lie outside the edges. */
export function binOf(r: number): number {
  let bin = Math.min(SIMILARITY_EDGES.length, Math.max(0, Math.ceil((r + 1) * 99 / 2)));
  // The division may be off by a rounding at an edge; the edges decide.
  while (bin > 0 && r <= SIMILARITY_EDGES[bin - 1]!) bin--;
  while (bin < SIMILARITY_EDGES.length && r > SIMILARITY_EDGES[bin]!) bin++;
  return bin;
}

/** Where a tile stands in the matrix. */
export interface TilePlace {
  /** First row and column. */
  readonly row: number;
  readonly column: number;
  /** `[rows, columns]`. */
  readonly shape: readonly [number, number];
}

/**
 * Summary of rows, fed tile by tile. Tiles must come in rising order of columns for ties to go to the
 * lower index.
 *
 * @example Usage
 * ```ts
 * import { MatrixRows } from "neurite/lib/neuron/correlation/matrix_rows.ts";
 *
 * const summary = new MatrixRows(1, 3);
 * summary.add(Float32Array.of(0.5, -0.25), { row: 0, column: 0, shape: [1, 2] });
 * summary.add(Float32Array.of(0.75), { row: 0, column: 2, shape: [1, 1] });
 * const { max_corr, max_corr_ix } = summary.arrays();
 * if (max_corr!.data[0] !== 0.75 || max_corr_ix!.data[0] !== 2) throw new Error("unreachable");
 * ```
 */
export class MatrixRows {
  readonly #rows: number;
  readonly #columns: number;
  readonly #depth: number;
  readonly #best: TopK;
  /** Of the negated values. */
  readonly #worst: TopK;
  readonly #bins: Int32Array;
  /** Σr, Σr², Σr³, Σr⁴ of each row. */
  readonly #powers: Float64Array;
  #finished: Record<string, HostArray> | undefined;

  constructor(rows: number, columns: number) {
    this.#depth = Math.min(TAIL, columns);
    this.#rows = rows;
    this.#columns = columns;
    this.#best = new TopK(rows, this.#depth);
    this.#worst = new TopK(rows, this.#depth);
    this.#bins = new Int32Array(rows * SIMILARITY_BINS);
    this.#powers = new Float64Array(4 * rows);
  }

  /** Takes in a tile `[rows, columns]`. */
  add(values: Float32Array, { row, column, shape: [rows, columns] }: TilePlace): void {
    for (let i = 0; i < rows; i++) {
      const at = row + i;
      let [first, second, third, fourth] = [0, 0, 0, 0];
      let [most, least] = [this.#best.least(at), -this.#worst.least(at)];
      for (let j = 0; j < columns; j++) {
        const r = values[i * columns + j]!;
        const square = r * r;
        first += r;
        second += square;
        third += square * r;
        fourth += square * square;
        this.#bins[at * SIMILARITY_BINS + binOf(r)]!++;
        if (r > most) most = this.#best.offer(at, r, column + j);
        if (r < least) least = -this.#worst.offer(at, -r, column + j);
      }
      this.#powers[4 * at]! += first;
      this.#powers[4 * at + 1]! += second;
      this.#powers[4 * at + 2]! += third;
      this.#powers[4 * at + 3]! += fourth;
    }
  }

  /** The largest of each row. Nothing can be added afterwards. */
  maxima(): Float32Array {
    return this.arrays()["max_corr"]!.data as Float32Array;
  }

  /**
   * Everything, by the names of spec/universal_neurons section 1.2. Nothing can be added afterwards.
   */
  arrays(): Record<string, HostArray> {
    return this.#finished ??= this.#finish();
  }

  #finish(): Record<string, HostArray> {
    const [rows, depth] = [this.#rows, this.#depth];
    const one = <Data extends Float32Array | Int32Array>(tails: Data) => ({
      data: tails.filter((_, i) => i % depth === 0) as Data,
      shape: [rows],
    });
    const best = this.#best.sorted();
    const worst = this.#worst.sorted();
    const [largest, smallest] = [
      Float32Array.from(best.values),
      Float32Array.from(worst.values, (x) => -x),
    ];
    const shape = [rows, depth];
    return {
      "max_corr": one(largest),
      "max_corr_ix": one(best.columns),
      "min_corr": one(smallest),
      "min_corr_ix": one(worst.columns),
      "max_tail_corr": { data: largest, shape },
      "max_tail_corr_ix": { data: best.columns, shape },
      "min_tail_corr": { data: smallest, shape },
      "min_tail_corr_ix": { data: worst.columns, shape },
      "bin_counts": { data: this.#bins, shape: [rows, SIMILARITY_BINS] },
      ...this.#moments(),
    };
  }

  /** Population moments; kurtosis is 3 for a normal row, and both are 0 for a row without spread. */
  #moments(): Record<string, HostArray> {
    const n = this.#columns;
    const names = ["corr_mean", "corr_var", "corr_skew", "corr_kurt"];
    const all = names.map(() => new Float32Array(this.#rows));
    for (let row = 0; row < this.#rows; row++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => this.#powers[4 * row + k]! / n) as [
        number,
        number,
        number,
        number,
      ];
      const variance = Math.max(0, b - a * a);
      const third = c - 3 * a * b + 2 * a ** 3;
      const fourth = d - 4 * a * c + 6 * a * a * b - 3 * a ** 4;
      const moments = variance > 0
        ? [a, variance, third / variance ** 1.5, fourth / variance ** 2]
        : [a, 0, 0, 0];
      moments.forEach((moment, k) => all[k]![row] = moment);
    }
    return Object.fromEntries(
      names.map((name, k) => [name, { data: all[k]!, shape: [this.#rows] }]),
    );
  }
}
