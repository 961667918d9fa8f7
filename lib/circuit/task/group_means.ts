/**
 * Means of rows by group, gathered over rounds, so that no row has to be kept.
 *
 * @module
 */
/** Sums and counts of each of G groups of rows `[n, W]`. */
export class GroupMeans {
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;

  constructor(groups: number, readonly width: number) {
    this.#sums = new Float64Array(groups * width);
    this.#counts = new Int32Array(groups);
  }

  /** Adds rows `[n, W]`; `groups` i32 `[n]` says whose each is, and one outside 0..G−1 is nobody's. */
  add(rows: ArrayLike<number>, groups: Int32Array): void {
    const { width } = this;
    groups.forEach((group, n) => {
      if (group < 0 || group >= this.#counts.length) return;
      this.#counts[group]!++;
      for (let i = 0; i < width; i++) this.#sums[group * width + i]! += rows[n * width + i]!;
    });
  }

  /** f64 `[G, W]`; NaN for a group without rows. */
  means(): Float64Array {
    return this.#sums.map((sum, i) => sum / this.#counts[Math.floor(i / this.width)]!);
  }
}
