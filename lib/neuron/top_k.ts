/**
 * The largest values of many rows, kept while the rows stream by.
 *
 * @module
 */

/** The k largest of each row, sorted. */
export interface Extremes {
  /** `[rows, k]`, largest first. */
  readonly values: Float64Array;
  /** `[rows, k]`, the column of each. */
  readonly columns: Int32Array;
}

/**
 * For each of some rows the k largest values offered so far, as a heap with the least on top. Of equal
 * values the one of the lower column stays, so columns must be offered in rising order.
 *
 * @example Usage
 * ```ts
 * import { TopK } from "neurite/lib/neuron/top_k.ts";
 *
 * const top = new TopK(1, 2);
 * [0.1, 0.7, 0.3, 0.7].forEach((value, column) => {
 *   if (value > top.least(0)) top.offer(0, value, column);
 * });
 * const { columns } = top.sorted();
 * if (columns.join() !== "1,3") throw new Error("unreachable");
 * ```
 */
export class TopK {
  readonly #k: number;
  readonly #values: Float64Array;
  readonly #columns: Int32Array;

  /** Places for `k` values of each of `rows` rows; unfilled ones are −∞ in column −1. */
  constructor(rows: number, k: number) {
    this.#k = k;
    this.#values = new Float64Array(rows * k).fill(-Infinity);
    this.#columns = new Int32Array(rows * k).fill(-1);
  }

  /** What a value of this row must exceed to stay. */
  least(row: number): number {
    return this.#values[row * this.#k]!;
  }

  /** Takes a value above {@linkcode TopK.least} and returns the new least. */
  offer(row: number, value: number, column: number): number {
    const start = row * this.#k;
    this.#sink(start, this.#k, value, column);
    return this.#values[start]!;
  }

  /** The values in falling order, equal ones by column. Nothing can be offered afterwards. */
  sorted(): Extremes {
    const k = this.#k;
    for (let start = 0; start < this.#values.length; start += k) {
      for (let size = k - 1; size > 0; size--) {
        const [value, column] = [this.#values[start + size]!, this.#columns[start + size]!];
        this.#values[start + size] = this.#values[start]!;
        this.#columns[start + size] = this.#columns[start]!;
        this.#sink(start, size, value, column);
      }
    }
    return { values: this.#values, columns: this.#columns };
  }

  /** Puts an entry in the place of the top of a heap of `size` and lets it sink. */
  #sink(start: number, size: number, value: number, column: number): void {
    const values = this.#values;
    const columns = this.#columns;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isBefore(start + child + 1, start + child)) child++;
      const below = values[start + child]!;
      if (below > value || (below === value && columns[start + child]! < column)) break;
      values[start + at] = below;
      columns[start + at] = columns[start + child]!;
      at = child;
    }
    values[start + at] = value;
    columns[start + at] = column;
  }

  /** Whether entry `a` leaves the heap before entry `b`. */
  #isBefore(a: number, b: number): boolean {
    const x = this.#values[a]!;
    const y = this.#values[b]!;
    return x < y || (x === y && this.#columns[a]! > this.#columns[b]!);
  }
}
