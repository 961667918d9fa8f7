/**
 * From sums to similarities.
 *
 * @module
 */
import type { ExactSums } from "./exact_sums.ts";
import { GRID } from "./grid.ts";
import { COUNT, factorName, shiftName, squareName, sumName } from "./sum_names.ts";

/** How alike two neurons are measured. */
export const SIMILARITIES = ["pearson", "cosine", "jaccard"] as const;

/** A member of {@linkcode SIMILARITIES}. */
export type Similarity = typeof SIMILARITIES[number];

/** What a neuron's similarity needs of itself; all `[F]`. */
export interface Side {
  /** Σ of the prepared values. */
  readonly sum: Float64Array;
  /** What is added to every prepared value: minus the mean for Pearson, the shift back for cosine. */
  readonly offset: Float64Array;
  /** Σ of squares about the offset; the count of ones for Jaccard. */
  readonly norm: Float64Array;
  /** `1/√norm`, 0 for a neuron that does not move. */
  readonly scale: Float64Array;
  /** What the activations were multiplied by. */
  readonly factor: Float64Array;
  /** Neurons without a similarity: they never move. */
  readonly dead: number;
  /** Neurons with NaN or infinity among their activations. */
  readonly nonFinite: number;
}

/**
 * The side of a layer. A neuron that is constant, or whose sums are not finite, has no similarity: its
 * scale is 0, so that it is 0 with every other (spec section 5, NaN policy).
 */
export function sideOf(sums: ExactSums, layer: string, similarity: Similarity): Side {
  const n = sums.get(COUNT).data[0]!;
  const sum = sums.get(sumName(layer)).data;
  const square = sums.get(squareName(layer)).data;
  const isCount = similarity === "jaccard";
  const factor = isCount ? sum.map(() => 1) : sums.constant(factorName(layer));
  const ranges = sums.blocks();
  const blocks = ranges.reduce((total, at, i) => total + (i % 2 === 0 ? -at : at), 0);
  const offset = isCount
    ? sum.map(() => 0)
    : similarity === "pearson"
    ? sum.map((x) => -x / n)
    : sums.constant(shiftName(layer)).map((x, f) => x * factor[f]!);
  const norm = square.map((x, f) => x + 2 * offset[f]! * sum[f]! + n * offset[f]! ** 2);
  // Below this a sum of squares is what rounding to the grid left.
  const least = isCount ? 0 : blocks * GRID;
  const scale = norm.map((x) => x > least && x < Infinity ? 1 / Math.sqrt(x) : 0);
  const nonFinite = norm.reduce((count, x) => count + Number(!Number.isFinite(x)), 0);
  const dead = scale.reduce((count, x) => count + Number(x === 0), 0) - nonFinite;
  return { sum, offset, norm, scale, factor, dead, nonFinite };
}

/** The sides of a matrix of sums, and how many positions were summed. */
export interface Sides {
  readonly rows: Side;
  readonly columns: Side;
  readonly n: number;
}

/** Calls `use` with the sum of products about the offsets at each place; rows and columns of a tile. */
function eachMoment(
  cross: Float64Array,
  { rows, columns, n }: Sides,
  use: (at: number, row: number, column: number, moment: number) => void,
): void {
  const width = columns.sum.length;
  let at = 0;
  for (let i = 0; i < rows.sum.length; i++) {
    const [ofRow, sumOfRow] = [rows.offset[i]!, rows.sum[i]!];
    for (let j = 0; j < width; j++, at++) {
      const ofColumn = columns.offset[j]!;
      const plain = cross[at]! + ofColumn * sumOfRow + ofRow * columns.sum[j]!;
      use(at, i, j, plain + n * ofRow * ofColumn);
    }
  }
}

/** Similarities `[rows, columns]` of a tile's sums; 0 where either neuron has none. */
export function similarities(
  cross: Float64Array,
  sides: Sides,
  similarity: Similarity,
): Float32Array {
  const result = new Float32Array(cross.length);
  const { rows, columns } = sides;
  if (similarity === "jaccard") {
    eachMoment(cross, sides, (at, i, j, both) => {
      const either = rows.norm[i]! + columns.norm[j]! - both;
      result[at] = either > 0 ? both / either : 0;
    });
    return result;
  }
  eachMoment(cross, sides, (at, i, j, moment) => {
    const scale = rows.scale[i]! * columns.scale[j]!;
    result[at] = scale > 0 ? moment * scale : 0;
  });
  return result;
}

/**
 * Moments of a tile in the units of the columns' activations and of `1/√n`, with rows of length 1:
 * what a rotation of the columns acts on.
 */
export function columnMoments(cross: Float64Array, sides: Sides): Float32Array {
  const result = new Float32Array(cross.length);
  const { rows, columns, n } = sides;
  const root = 1 / Math.sqrt(n);
  eachMoment(cross, sides, (at, i, j, moment) => {
    const scale = rows.scale[i]! * (columns.scale[j]! > 0 ? root / columns.factor[j]! : 0);
    result[at] = scale > 0 ? moment * scale : 0;
  });
  return result;
}

/** Covariances `[F, F]` of the columns in the units of their activations, 0 for those without any. */
export function columnCovariance(cross: Float64Array, columns: Side, n: number): Float32Array {
  const result = new Float32Array(cross.length);
  const unit = columns.scale.map((scale, j) => scale > 0 ? 1 / columns.factor[j]! : 0);
  eachMoment(cross, { rows: columns, columns, n }, (at, i, j, moment) => {
    const scale = unit[i]! * unit[j]!;
    result[at] = scale > 0 ? moment * scale / n : 0;
  });
  return result;
}
