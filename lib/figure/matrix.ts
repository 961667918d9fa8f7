/**
 * Matrices as figures need them: checked, and as plain JSON numbers.
 *
 * @module
 */
import { type ArrayData, formatShape, type HostArray } from "../array.ts";
import { cannot } from "../errors.ts";

/** Cells of one matrix at most: what a raster of one pixel a cell can still show. */
const MAX_CELLS = 1 << 22;

/**
 * The shortest decimal that reads back as the same float32. float64 values are left alone; NaN and
 * infinities become `null`, which is what JSON would make of them.
 */
export function jsonNumber(value: number, data: ArrayData): number | null {
  if (!Number.isFinite(value)) return null;
  if (!(data instanceof Float32Array)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** What a matrix must be like. */
export interface MatrixExpectation {
  /** The figure, for messages. */
  figure: string;
  rows: number;
  columns: number;
}

/**
 * A [R,C] array as a list of rows; missing cells are `null`.
 *
 * @throws {NeuriteError} `E-FIGURE` for another shape.
 */
export function matrixRows(values: HostArray, expected: MatrixExpectation): (number | null)[][] {
  const { figure, rows, columns } = expected;
  const [r, c] = values.shape;
  if (values.shape.length !== 2 || r !== rows || c !== columns || rows * columns > MAX_CELLS) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: figure,
      is: `values of shape ${formatShape(values.shape)}`,
      expected: `${formatShape([rows, columns])}, one for each label, at most ${MAX_CELLS} cells`,
      hint: "compare the array with its row and column labels",
    });
  }
  const data = values.data;
  return Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => jsonNumber(Number(data[i * c + j]), data)),
  );
}
