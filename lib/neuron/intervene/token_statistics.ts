import type { MovedStatistics } from "../../model/final/final_updates.ts";

/** The measures of one token, by position of a block. */
export const MEASURES = ["loss", "entropy", "rank", "reciprocal_rank", "scale"] as const;

/** One of {@linkcode MEASURES}. */
export type Measure = typeof MEASURES[number];

/** Values of a measure, one a position. */
export type Column = Float64Array | Int32Array;

/** Whether a measure needs the next token. */
export function needsNext(measure: Measure): boolean {
  return measure !== "entropy" && measure !== "scale";
}

/**
 * Measures of every position of some rows, N = B·T. Loss and rank of a row's last position, which has
 * no next token, are 0.
 */
export class TokenStatistics {
  /** f64 `[N]`, nats. */
  readonly loss: Float64Array;
  /** f64 `[N]`, nats. */
  readonly entropy: Float64Array;
  /** i32 `[N]`, tokens with a larger logit than the next token. */
  readonly rank: Int32Array;
  /** f64 `[N]`, the scale of the final layer norm. */
  readonly scale: Float64Array;
  readonly #T: number;

  /** Of `rows` rows of T positions. */
  constructor(rows: number, T: number) {
    const N = rows * T;
    this.loss = new Float64Array(N);
    this.entropy = new Float64Array(N);
    this.rank = new Int32Array(N);
    this.scale = new Float64Array(N);
    this.#T = T;
  }

  /** Puts the statistics of the positions from `start` on. */
  place(start: number, part: MovedStatistics): void {
    this.loss.set(part.loss, start);
    this.entropy.set(part.entropy, start);
    this.rank.set(part.rank, start);
    this.scale.set(part.scale, start);
    for (let i = start; i < start + part.loss.length; i++) {
      if ((i + 1) % this.#T !== 0) continue;
      this.loss[i] = 0;
      this.rank[i] = 0;
    }
  }

  /** A measure of every position. */
  column(measure: Measure): Column {
    if (measure !== "reciprocal_rank") return this[measure];
    return Float64Array.from(this.rank, (rank) => 1 / (rank + 1));
  }
}
