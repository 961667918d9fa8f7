/**
 * What is kept of a similarity matrix: its rows, its columns, its diagonals.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { transpose } from "../../transpose.ts";
import { MatrixRows, type TilePlace } from "./matrix_rows.ts";

/** Summary of a matrix `[n1, n2]`, fed tile by tile in order of columns, then rows. */
export class MatrixSummary {
  readonly #rows: MatrixRows;
  readonly #columns: MatrixRows;
  readonly #diagonal: Float32Array;
  /** One column beside the diagonal. */
  readonly #above: Float32Array;

  constructor(n1: number, n2: number) {
    this.#rows = new MatrixRows(n1, n2);
    this.#columns = new MatrixRows(n2, n1);
    this.#diagonal = new Float32Array(Math.min(n1, n2));
    this.#above = new Float32Array(Math.min(n1, n2 - 1));
  }

  /** Takes in a tile. */
  add(values: Float32Array, place: TilePlace): void {
    const { row, column, shape: [rows, columns] } = place;
    this.#rows.add(values, place);
    const turned = transpose(values, [rows, columns]);
    this.#columns.add(turned, { row: column, column: row, shape: [columns, rows] });
    for (let i = row; i < row + rows; i++) {
      const at = (i - row) * columns - column;
      if (i >= column && i < column + columns) this.#diagonal[i] = values[at + i]!;
      if (i + 1 >= column && i + 1 < column + columns) this.#above[i] = values[at + i + 1]!;
    }
  }

  /** The largest of each row. */
  maxima(): Float32Array {
    return this.#rows.maxima();
  }

  /** Summaries of the first model's neurons, and of the partner's with `_T` at the end of each name. */
  arrays(): Record<string, HostArray> {
    const turned = Object.entries(this.#columns.arrays()).map((
      [name, array],
    ) => [`${name}_T`, array]);
    return {
      ...this.#rows.arrays(),
      "diag_corr": { data: this.#diagonal, shape: [this.#diagonal.length] },
      "obo_corr": { data: this.#above, shape: [this.#above.length] },
      ...Object.fromEntries(turned),
    };
  }
}

/** The largest of each row alone, for further draws of a baseline. */
export class RowMaxima {
  readonly #maxima: Float32Array;

  constructor(rows: number) {
    this.#maxima = new Float32Array(rows).fill(-Infinity);
  }

  /** Takes in a tile. */
  add(values: Float32Array, { row, shape: [rows, columns] }: TilePlace): void {
    for (let i = 0; i < rows; i++) {
      let most = this.#maxima[row + i]!;
      for (let j = 0; j < columns; j++) most = Math.max(most, values[i * columns + j]!);
      this.#maxima[row + i] = most;
    }
  }

  /** The largest of each row. */
  maxima(): Float32Array {
    return this.#maxima;
  }
}
