import type { HostArray } from "../../array.ts";
import type { SummaryTile } from "../row_summary.ts";

/** Lengths of rows' products with every head's K vectors: the compositions of `headFactors`. */
export class HeadSummary {
  readonly #rows: number;
  readonly #heads: number;
  readonly #dHead: number;
  readonly #lengths: Float32Array;

  constructor(sizes: { rows: number; heads: number; dHead: number }) {
    this.#rows = sizes.rows;
    this.#heads = sizes.heads;
    this.#dHead = sizes.dHead;
    this.#lengths = new Float32Array(sizes.rows * sizes.heads);
  }

  /** Takes the columns of whole heads. */
  add({ data, first, count }: SummaryTile): void {
    const K = this.#dHead;
    const firstHead = first / K;
    for (let row = 0; row < this.#rows; row++) {
      for (let head = 0; head < count / K; head++) {
        const start = row * count + head * K;
        let squares = 0;
        for (let i = start; i < start + K; i++) squares += data[i]! * data[i]!;
        this.#lengths[row * this.#heads + firstHead + head] = Math.sqrt(squares);
      }
    }
  }

  /** f32 `[rows, heads]`; heads are numbered `layer·H + head`. */
  finish(): HostArray {
    return { data: this.#lengths, shape: [this.#rows, this.#heads] };
  }
}
