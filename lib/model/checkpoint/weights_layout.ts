/**
 * How raw tensors become the canonical matrices, `[in, out]`.
 *
 * @module
 */

/** A raw tensor and its extents; a bias has one column. */
export interface RawMatrix {
  /** Row-major, `[rows, columns]`. */
  readonly data: Float32Array;
  /** First extent. */
  readonly rows: number;
  /** Second extent. */
  readonly columns: number;
}

/** Columns `[start, start + count)` of every row. */
export function columnRange(
  { data, rows, columns }: RawMatrix,
  { start, count }: { start: number; count: number },
): Float32Array {
  const result = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const from = row * columns + start;
    result.set(data.subarray(from, from + count), row * count);
  }
  return result;
}

/**
 * One of the three parts that GPT-NeoX interleaves head by head: rows `[H, 3, K] -> [H, K]`.
 *
 * @param part 0 query, 1 key, 2 value
 */
export function interleavedRows(
  { data, columns }: RawMatrix,
  { part, nHead, dHead }: { part: number; nHead: number; dHead: number },
): Float32Array {
  const block = dHead * columns;
  const result = new Float32Array(nHead * block);
  for (let head = 0; head < nHead; head++) {
    const from = (3 * head + part) * block;
    result.set(data.subarray(from, from + block), head * block);
  }
  return result;
}
