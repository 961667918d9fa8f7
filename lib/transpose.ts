/** Side of the squares that are turned: source and target of one stay in the nearest cache. */
const SQUARE = 32;

/** `[rows, columns] -> [columns, rows]`, row-major, in a new array of the same kind. */
export function transpose<Data extends Float32Array | Float64Array>(
  data: Data,
  [rows, columns]: readonly [number, number],
): Data {
  const result = new (data.constructor as new (length: number) => Data)(data.length);
  for (let top = 0; top < rows; top += SQUARE) {
    const bottom = Math.min(rows, top + SQUARE);
    for (let left = 0; left < columns; left += SQUARE) {
      const right = Math.min(columns, left + SQUARE);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          result[column * rows + row] = data[row * columns + column]!;
        }
      }
    }
  }
  return result;
}
