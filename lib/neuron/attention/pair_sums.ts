/**
 * Correlation of two streams of numbers, from sums.
 *
 * @module
 */

/** Places of a row of sums: count of n, then of x − x₀ and y − y₀. */
const [N, X, Y, XX, YY, XY, WIDTH] = [0, 1, 2, 3, 4, 5, 6] as const;

/**
 * For each of some rows the float64 sums of pairs (x, y), shifted by the row's first pair, so that a
 * mean far from 0 costs no digits.
 */
export class PairSums {
  readonly #sums: Float64Array;
  readonly #origin: Float64Array;

  /** Sums of `rows` rows. */
  constructor(readonly rows: number) {
    this.#sums = new Float64Array(rows * WIDTH);
    this.#origin = new Float64Array(rows * 2);
  }

  /** Adds pairs to a row. */
  add(row: number, xs: ArrayLike<number>, ys: ArrayLike<number>): void {
    const sums = this.#sums;
    const at = row * WIDTH;
    if (sums[at + N] === 0 && xs.length > 0) this.#origin.set([xs[0]!, ys[0]!], 2 * row);
    const [x0, y0] = [this.#origin[2 * row]!, this.#origin[2 * row + 1]!];
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = [xs[i]! - x0, ys[i]! - y0];
      sums[at + X]! += x;
      sums[at + Y]! += y;
      sums[at + XX]! += x * x;
      sums[at + YY]! += y * y;
      sums[at + XY]! += x * y;
    }
    sums[at + N]! += xs.length;
  }

  /** Pearson's r of a row; NaN where x or y is constant. */
  pearson(row: number): number {
    const at = row * WIDTH;
    const [n, x, y, xx, yy, xy] = this.#sums.subarray(at, at + WIDTH) as unknown as number[];
    const spread = Math.sqrt(this.#square(xx!, x!, n!) * this.#square(yy!, y!, n!));
    if (!(spread > 0)) return NaN;
    return Math.max(-1, Math.min(1, (xy! - x! * y! / n!) / spread));
  }

  /** Mean and population standard deviation of y in a row. */
  moments(row: number): { mean: number; sd: number } {
    const at = row * WIDTH;
    const [n, , y, , yy] = this.#sums.subarray(at, at + WIDTH) as unknown as number[];
    const mean = this.#origin[2 * row + 1]! + y! / n!;
    return { mean, sd: Math.sqrt(this.#square(yy!, y!, n!) / n!) };
  }

  /** Mean and population standard deviation of x in a row. */
  momentsOfX(row: number): { mean: number; sd: number } {
    const at = row * WIDTH;
    const [n, x, , xx] = this.#sums.subarray(at, at + WIDTH) as unknown as number[];
    return {
      mean: this.#origin[2 * row]! + x! / n!,
      sd: Math.sqrt(this.#square(xx!, x!, n!) / n!),
    };
  }

  /** Sum of squared deviations; what is only rounding counts as nothing. */
  #square(squares: number, sum: number, n: number): number {
    const spread = squares - sum * sum / n;
    return spread > 1e-14 * squares ? spread : 0;
  }
}
