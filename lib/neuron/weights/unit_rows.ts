/**
 * Rows of unit length, the form in which weights are compared.
 *
 * @module
 */

/** Rows `[count, width]` of length 1; a row of zeros stays so. */
export interface UnitRows {
  /** f64, row-major. */
  readonly data: Float64Array;
  readonly count: number;
  readonly width: number;
}

/** Brings each row `[count, width]` to length 1, in place, and gives the lengths they had. */
export function normalizeRows(data: Float64Array, width: number): Float64Array {
  const norms = new Float64Array(data.length / width);
  for (let row = 0; row < norms.length; row++) {
    let squares = 0;
    for (let i = row * width; i < (row + 1) * width; i++) squares += data[i]! * data[i]!;
    const norm = norms[row] = Math.sqrt(squares);
    // Zeros divided by zero would be NaN; so the similarities of a neuron without weights are 0.
    if (norm > 0) { for (let i = row * width; i < (row + 1) * width; i++) data[i]! /= norm; }
  }
  return norms;
}

/** Some rows, without a copy. */
export function rowRange({ data, width }: UnitRows, start: number, count: number): UnitRows {
  return { data: data.subarray(start * width, (start + count) * width), count, width };
}

/** Each row's product with one vector `[width]`. */
export function rowsTimes({ data, count, width }: UnitRows, vector: Float64Array): Float64Array {
  const products = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += data[row * width + i]! * vector[i]!;
    products[row] = sum;
  }
  return products;
}
