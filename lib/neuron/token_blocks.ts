/**
 * Token rows in blocks of fixed size: the unit that is computed, rounded and counted as one.
 *
 * @module
 */
import type { Tokens } from "../model/tokens.ts";

/** Rows of a run that are computed together. */
export interface TokenBlock {
  /** Place in the run; the same in every shard. */
  readonly index: number;
  /** `[rows, T]`, a view of the run's tokens. */
  readonly tokens: Tokens;
  /** Positions that count, `row · T + t`, rising. */
  readonly kept: Int32Array;
}

/** How tokens are cut. */
export interface BlockOptions {
  /** Tokens a block has at most, unless one row has more. */
  readonly blockTokens: number;
  /** Token ids whose positions do not count. */
  readonly dropped: ReadonlySet<number>;
}

/** The rows of each block of a run: the same for any share of its blocks. */
export class TokenBlocks {
  readonly #tokens: Tokens;
  readonly #dropped: ReadonlySet<number>;
  /** Rows of every block but perhaps the last. */
  readonly rows: number;
  /** How many blocks there are. */
  readonly count: number;

  constructor(tokens: Tokens, { blockTokens, dropped }: BlockOptions) {
    const [B, T] = tokens.shape as [number, number];
    this.#tokens = tokens;
    this.#dropped = dropped;
    this.rows = Math.max(1, Math.min(B, Math.floor(blockTokens / T)));
    this.count = Math.ceil(B / this.rows);
  }

  /** Positions of a whole block. */
  get positions(): number {
    return this.rows * this.#tokens.shape[1]!;
  }

  /** The block at a place from 0. */
  at(index: number): TokenBlock {
    const [B, T] = this.#tokens.shape as [number, number];
    const [start, end] = [index * this.rows, Math.min(B, (index + 1) * this.rows)];
    const data = this.#tokens.data.subarray(start * T, end * T);
    const places = Int32Array.from(data.keys());
    const kept = places.filter((i) => !this.#dropped.has(data[i]!));
    return { index, tokens: { data, shape: [end - start, T] }, kept };
  }

  /** The first block in which any position counts, or undefined. */
  firstKept(): TokenBlock | undefined {
    for (let index = 0; index < this.count; index++) {
      const block = this.at(index);
      if (block.kept.length > 0) return block;
    }
    return undefined;
  }
}
