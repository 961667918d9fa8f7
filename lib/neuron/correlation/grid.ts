/**
 * Sums that do not depend on the order of their terms: float64 numbers on a grid.
 *
 * A multiple of {@linkcode GRID} below 2⁵³ grids is a float64 exactly, and so is the sum of two of
 * them. Terms rounded to the grid once therefore add up to the same bits in any order and in any
 * number of shards, as integers do.
 *
 * @module
 */

/**
 * Spacing of the grid. Values are scaled to a deviation of about 1 first, so a product sum of 2,048
 * tokens is rounded by 4e-6 of up to 2,048, far below the float32 it comes from; sums stay exact to
 * 2³⁶, which is 6.9e10 tokens of deviation 1.
 */
export const GRID = 2 ** -17;

/** Sums below this are exact. */
export const EXACT_LIMIT = GRID * 2 ** 53;

/** At this size the spacing of float64 is the grid, so adding it rounds to the grid. */
const TO_GRID = 1.5 * GRID * 2 ** 52;

/** Rounds to the nearest multiple of {@linkcode GRID}, halves to even; for |x| < 1.7e10. */
export function onGrid(x: number): number {
  return (x + TO_GRID) - TO_GRID;
}

/** Adds values, each rounded to the grid, to sums that are on it. */
export function addOnGrid(sums: Float64Array, values: Float32Array | Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += (values[i]! + TO_GRID) - TO_GRID;
}
