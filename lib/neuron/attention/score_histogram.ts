/**
 * A histogram whose range is chosen when all values are known, though they stream by once.
 *
 * @module
 */

/** Bins of the paper's figure, and the range it draws. */
export const SCORE_BINS = 100;
const PAPER_RANGE = 12.5;

/** The range halves and doubles by whole steps: 2⁻⁷ to 2³ of the paper's. */
const [FINEST, WIDEST] = [-7, 3];
const STEP = 2 * PAPER_RANGE / SCORE_BINS * 2 ** FINEST;
const HALF = SCORE_BINS / 2 * 2 ** (WIDEST - FINEST);

/** Counts of values in bins so fine that every range of the figure is made of whole ones. */
export class ScoreHistogram {
  readonly #counts = new Uint32Array(2 * HALF);
  #largest = 0;
  #beyond = 0;

  /** Counts a value; those beyond ±100 are only counted as such. */
  add(value: number): void {
    const size = Math.abs(value);
    if (size > this.#largest) this.#largest = size;
    const bin = Math.floor(value / STEP) + HALF;
    if (bin >= 0 && bin < this.#counts.length) this.#counts[bin]!++;
    else this.#beyond++;
  }

  /** The largest absolute value. */
  get largest(): number {
    return this.#largest;
  }

  /** Values beyond every range. */
  get beyond(): number {
    return this.#beyond;
  }

  /** i32 `[100]` over `±range`, which is one of {@linkcode scoreRange}; bin b holds `edge[b] ≤ value`. */
  counts(range: number): Int32Array {
    const merged = Math.round(2 * range / SCORE_BINS / STEP);
    const first = HALF - SCORE_BINS / 2 * merged;
    const counts = new Int32Array(SCORE_BINS);
    for (let i = 0; i < SCORE_BINS * merged; i++) {
      counts[Math.floor(i / merged)]! += this.#counts[first + i]!;
    }
    return counts;
  }
}

/** The narrowest of 12.5, its halves and its doubles that holds values up to `largest`; 100 at most. */
export function scoreRange(largest: number): number {
  let power = FINEST;
  while (power < WIDEST && PAPER_RANGE * 2 ** power <= largest) power++;
  return PAPER_RANGE * 2 ** power;
}

/** f32 `[101]`, the edges of the bins over `±range`. */
export function scoreEdges(range: number): Float32Array {
  return Float32Array.from(
    { length: SCORE_BINS + 1 },
    (_, bin) => range * (2 * bin / SCORE_BINS - 1),
  );
}
