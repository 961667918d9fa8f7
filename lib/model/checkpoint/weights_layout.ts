/**
 * How raw tensors become the canonical matrices, `[in, out]`.
 *
 * @module
 */

/** Tile side: 32 × 32 floats of source and target stay in the first-level cache. */
const TILE = 32;

/** A raw tensor and its extents; a bias has one column. */
export interface RawMatrix {
  /** Row-major, `[rows, columns]`. */
  readonly data: Float32Array;
  /** First extent. */
  readonly rows: number;
  /** Second extent. */
  readonly columns: number;
}

/** `[rows, columns] -> [columns, rows]`. */
export function transpose({ data, rows, columns }: RawMatrix): Float32Array {
  const result = new Float32Array(data.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          result[column * rows + row] = data[row * columns + column]!;
        }
      }
    }
  }
  return result;
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
