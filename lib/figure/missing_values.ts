/**
 * Values that a figure leaves out because they are no numbers: as many as were announced.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";

/** How many of some values are NaN or infinite. */
export function countMissing(lists: readonly ArrayLike<number>[]): number {
  let missing = 0;
  for (const values of lists) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) missing++;
  }
  return missing;
}

/**
 * Checks that as many values are missing as the figure's maker knows of.
 *
 * @throws {NeuriteError} `E-FIGURE` for another number.
 */
export function checkMissingValues(missing: number, expected: number, figure: string): void {
  if (missing === expected) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${missing} values that are NaN or infinite`,
    expected: `${expected}`,
    hint: "mend the values, or state how many are missing",
  });
}

/** The range of the finite values of some lists; of some width also where all are equal. */
export function rangeOf(lists: readonly ArrayLike<number>[]): [number, number] {
  function* all(): Generator<number> {
    for (const values of lists) for (let i = 0; i < values.length; i++) yield values[i]!;
  }
  const [low, high] = valueRange(all(), "Blues");
  // Beside one value only: a bin's width must not vanish in its magnitude.
  return high > low ? [low, high] : [low, low + Math.max(1, Math.abs(low))];
}
