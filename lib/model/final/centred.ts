/**
 * Rows without their mean, and products of them, in float64: what the final layer norm makes of a
 * residual that moved along some directions (spec/greater_than section 4.4).
 *
 * @module
 */
import type { Floats } from "../../array.ts";

/** Each row of `[R, D]` minus its mean: f64 `[R, D]`. */
export function centred(rows: Floats, D: number): Float64Array {
  const out = Float64Array.from(rows);
  for (let start = 0; start < out.length; start += D) {
    let sum = 0;
    for (let i = start; i < start + D; i++) sum += out[i]!;
    const mean = sum / D;
    for (let i = start; i < start + D; i++) out[i]! -= mean;
  }
  return out;
}

/** `a [R, D], b [S, D] -> f64 [R, S]`, the products of all rows. */
export function dotRows(a: Floats, b: Floats, D: number): Float64Array {
  const R = a.length / D;
  const S = b.length / D;
  const out = new Float64Array(R * S);
  for (let r = 0; r < R; r++) {
    const from = r * D;
    let s = 0;
    // Four sums side by side: a single one would wait for each of its additions.
    for (; s + 4 <= S; s += 4) {
      const at = s * D;
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let d = 0; d < D; d++) {
        const x = a[from + d]!;
        first += x * b[at + d]!;
        second += x * b[at + D + d]!;
        third += x * b[at + 2 * D + d]!;
        fourth += x * b[at + 3 * D + d]!;
      }
      const to = r * S + s;
      out[to] = first;
      out[to + 1] = second;
      out[to + 2] = third;
      out[to + 3] = fourth;
    }
    for (; s < S; s++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += a[from + d]! * b[s * D + d]!;
      out[r * S + s] = sum;
    }
  }
  return out;
}

/** Centred residuals `[N, D]` and the centred directions `[K', D]` that they move along. */
export interface Movement {
  readonly residual: Float64Array;
  readonly directions: Float64Array;
  readonly dModel: number;
  /** The layer norm's. */
  readonly epsilon: number;
}

/** The products that {@linkcode movedDeviations} needs, which no coordinates change. */
export interface MovedSquares {
  /** f64 `[N]`, `|c r|²`. */
  readonly own: Float64Array;
  /** f64 `[N, K']`, `c r · c w`. */
  readonly crossed: Float64Array;
  /** f64 `[K', K']`, `c w · c w`. */
  readonly gram: Float64Array;
}

/** Those products, for many moves of the same rows along the same directions. */
export function movedSquares({ residual, directions, dModel: D }: Movement): MovedSquares {
  const own = Float64Array.from({ length: residual.length / D }, (_, n) => {
    let sum = 0;
    for (let i = n * D; i < (n + 1) * D; i++) sum += residual[i]! ** 2;
    return sum;
  });
  return {
    own,
    crossed: dotRows(residual, directions, D),
    gram: dotRows(directions, directions, D),
  };
}

/**
 * The layer norm's `√(var + epsilon)` of each residual after a move of `coordinates [N, K']`, by
 * `|c r|² + 2 x · (c r · c w) + x · (c w · c w) · x`: f64 `[N]`.
 */
export function movedDeviations(
  movement: Movement,
  coordinates: Floats,
  squares: MovedSquares = movedSquares(movement),
): Float64Array {
  const { dModel: D, epsilon } = movement;
  const { own, crossed, gram } = squares;
  const K = movement.directions.length / D;
  return own.map((square, n) => {
    let sum = square;
    for (let k = 0; k < K; k++) {
      let inner = 2 * crossed[n * K + k]!;
      for (let j = 0; j < K; j++) inner += coordinates[n * K + j]! * gram[k * K + j]!;
      sum += coordinates[n * K + k]! * inner;
    }
    // Rounding may leave a residual that was cancelled a hair below 0.
    return Math.sqrt(Math.max(sum, 0) / D + epsilon);
  });
}
