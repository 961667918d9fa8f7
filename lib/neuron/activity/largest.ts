/**
 * The largest values of a row, always sorted, so that lists can be saved and merged at any time. Few
 * of many values enter such a list, so that the walk to their place costs little.
 *
 * @module
 */

/** A list of fixed length: largest first, of equal values the lower number first. */
export interface LargestList {
  /** Unfilled places are −∞. */
  readonly values: Float64Array;
  /** The number of each value; −1 in unfilled places. */
  readonly numbers: Int32Array;
}

/** Empty lists of `length` for `rows` rows in one pair of arrays. */
export function emptyLists(rows: number, length: number): LargestList {
  return {
    values: new Float64Array(rows * length).fill(-Infinity),
    numbers: new Int32Array(rows * length).fill(-1),
  };
}

/** The list of one row. */
export function listOf({ values, numbers }: LargestList, row: number, length: number): LargestList {
  const [start, end] = [row * length, (row + 1) * length];
  return { values: values.subarray(start, end), numbers: numbers.subarray(start, end) };
}

/** Puts a value into the list if it belongs there; NaN and −∞ never do. */
export function insertLargest(list: LargestList, value: number, number: number): void {
  const { values, numbers } = list;
  const last = values.length - 1;
  if (!(value > values[last]! || (value === values[last]! && number < numbers[last]!))) return;
  moveUp(list, last, { value, number });
}

/** Puts a value into a list that has every number once: with the largest value offered for it. */
export function raiseLargest(list: LargestList, value: number, number: number): void {
  const at = list.numbers.indexOf(number);
  if (at < 0) insertLargest(list, value, number);
  else if (value > list.values[at]!) moveUp(list, at, { value, number });
}

/** Overwrites the entry at a place with one that belongs there or further up. */
function moveUp(
  { values, numbers }: LargestList,
  at: number,
  { value, number }: { value: number; number: number },
): void {
  for (; at > 0; at--) {
    const above = values[at - 1]!;
    if (!(value > above || (value === above && number < numbers[at - 1]!))) break;
    values[at] = above;
    numbers[at] = numbers[at - 1]!;
  }
  values[at] = value;
  numbers[at] = number;
}
