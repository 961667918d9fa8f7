/**
 * The histogram of activations before the nonlinearity: bins that are the same for every neuron.
 *
 * Source: spec/universal_neurons section 1.6, `linspace(-10, 15, 256)`.
 *
 * @module
 */

/** Bins: 255 equal ones and one beyond either end. */
export const PRE_BINS = 257;

/** The 256 edges, each rounded once: bin k holds `edge[k − 1] < x ≤ edge[k]`. */
export const PRE_EDGES: Float64Array = Float64Array.from(
  { length: 256 },
  (_, k) => (25 * k - 2550) / 255,
);

/**
 * The first bin of what the original calls active. Its place of the first edge that is not negative is
 * taken for a bin, and that bin lies below 0: `−0.098 < x ≤ 0`.
 */
export const ORIGINAL_ACTIVE_BIN: number = PRE_EDGES.findIndex((edge) => edge >= 0);

/** The first bin above 0: edge 102 is 0 to the bit. */
export const POSITIVE_BIN: number = ORIGINAL_ACTIVE_BIN + 1;

/** Edges below and above each bin. */
export const BIN_LOWER: Float64Array = Float64Array.of(-Infinity, ...PRE_EDGES);
/** See {@linkcode BIN_LOWER}. */
export const BIN_UPPER: Float64Array = Float64Array.of(...PRE_EDGES, Infinity);

/** Middles of the bins; the outer two are taken to be as wide as the others. */
export const BIN_CENTERS: Float64Array = Float64Array.from(
  { length: PRE_BINS },
  (_, k) => (25 * k - 12.5 - 2550) / 255,
);

/** The bin of a finite number: how many edges lie below it. */
export function binOf(x: number): number {
  const k = x <= -10 ? 0 : x > 15 ? 256 : Math.ceil((x + 10) * 10.2);
  // The product is a rounding off at most, so that the bin is this one or a neighbour.
  return x > BIN_UPPER[k]! ? k + 1 : x <= BIN_LOWER[k]! ? k - 1 : k;
}
