/**
 * Which tokens have vocabulary statistics, and where these are kept: a corpus holds a part of the
 * vocabulary, and only that part takes memory.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";

/** How often each token of a vocabulary of `size` occurs in some rows, i32 `[V]`. */
export function countTokens({ data, shape }: Tokens, rows: Iterable<number>, size: number) {
  const counts = new Int32Array(size);
  const T = shape[1]!;
  for (const row of rows) {
    for (let i = row * T; i < (row + 1) * T; i++) counts[data[i]!]!++;
  }
  return counts;
}

/** Places for the tokens that are followed. Frequent tokens come first, so that these lie together. */
export interface TokenSlots {
  /** i32 `[U]`, the token id of each place. */
  readonly tokens: Int32Array;
  /** i32 `[V]`, the place of each token id; −1 for those not followed. */
  readonly slotOf: Int32Array;
  /** i32 `[V]`, how often each token occurs, followed or not. */
  readonly counts: Int32Array;
}

/** Places for the tokens that occur and that `isFollowed` takes, given a token's id. */
export function tokenSlots(
  counts: Int32Array,
  isFollowed: (token: number) => boolean = () => true,
): TokenSlots {
  const tokens = Int32Array.from(counts.keys())
    .filter((token) => counts[token]! > 0 && isFollowed(token))
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
  const slotOf = new Int32Array(counts.length).fill(-1);
  tokens.forEach((token, slot) => slotOf[token] = slot);
  return { tokens, slotOf, counts };
}
