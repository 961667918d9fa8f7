/**
 * Means over tokens, with an error that knows that the tokens of a row belong together.
 *
 * @module
 */

/** A mean over tokens. */
export interface Estimate {
  readonly mean: number;
  /** Population standard deviation over tokens. */
  readonly sd: number;
  /** Standard error of the mean, rows as clusters; NaN of a single row. */
  readonly se: number;
}

type Sums = [
  rows: number,
  count: number,
  sum: number,
  squares: number,
  sumSquares: number,
  crossed: number,
  countSquares: number,
];

/** Numbers of a {@linkcode RowMean}'s state. */
export const SUMS = 7;

/**
 * A streamed mean. The error is the sandwich for a ratio of two sums over R rows,
 * `√(R/(R−1) · Σ_r (S_r − m n_r)²) / Σ_r n_r`, because tokens of one row are not independent (Cochran
 * 1977, section 6.3).
 */
export class RowMean {
  /** Rows, tokens, Σx, Σx², then Σ S_r², Σ S_r n_r, Σ n_r². */
  readonly #sums = new Float64Array(SUMS);

  /** Takes a row's tokens; one without any does not count as a row. */
  add({ count, sum, squares }: { count: number; sum: number; squares: number }): void {
    if (count === 0) return;
    const row = [1, count, sum, squares, sum * sum, sum * count, count * count];
    for (let i = 0; i < SUMS; i++) this.#sums[i]! += row[i]!;
  }

  /** Tokens so far. */
  get count(): number {
    return this.#sums[1]!;
  }

  /** What {@linkcode RowMean.restore} takes, f64 `[7]`; not a copy. */
  get state(): Float64Array {
    return this.#sums;
  }

  /** Goes on from a state. */
  restore(state: Float64Array): void {
    this.#sums.set(state);
  }

  /** The mean of all; NaN of none. */
  estimate(): Estimate {
    const [R, n, sum, squares, sumSquares, crossed, countSquares] = this.#sums as unknown as Sums;
    const mean = sum / n;
    const spread = sumSquares - 2 * mean * crossed + mean * mean * countSquares;
    // Below this the difference is the rounding of its terms.
    const noise = 1e-14 * sumSquares;
    return {
      mean,
      sd: Math.sqrt(Math.max(0, squares / n - mean * mean)),
      se: R < 2 ? NaN : Math.sqrt(R / (R - 1) * (spread > noise ? spread : 0)) / n,
    };
  }
}
