/**
 * Some rows that are computed as one, with their positions also in the order of their tokens.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";

/** A block, ready for the loops over neurons. */
export interface OrderedBlock {
  /** `[rows, T]`. */
  readonly tokens: Tokens;
  /** i32 `[K]`, the flat offset of each position in the tokens of the run; rising. */
  readonly offsets: Int32Array;
  /** Positions sorted by token, the followed tokens by slot and first, and then by position. */
  readonly order: Int32Array;
  /** i32 `[R]`, the id of each run of equal tokens in `order`. */
  readonly ids: Int32Array;
  /** i32 `[R]`, their slots, rising; −1 for tokens that are not followed. */
  readonly slots: Int32Array;
  /** i32 `[R + 1]`, where each run begins in `order`. */
  readonly starts: Int32Array;
}

/** Cuts some rows of a run out; sorts their positions where tokens have slots at all. */
export function orderedBlock(
  { data, shape }: Tokens,
  rows: Int32Array,
  slotOf: Int32Array | undefined,
): OrderedBlock {
  const T = shape[1]!;
  const K = rows.length * T;
  const ids = new Int32Array(K);
  const offsets = new Int32Array(K);
  rows.forEach((row, n) => {
    ids.set(data.subarray(row * T, (row + 1) * T), n * T);
    for (let t = 0; t < T; t++) offsets[n * T + t] = row * T + t;
  });
  const tokens = { data: ids, shape: [rows.length, T] };
  return { tokens, offsets, ...sortByToken(ids, slotOf ?? new Int32Array()) };
}

function sortByToken(ids: Int32Array, slotOf: Int32Array) {
  const K = slotOf.length > 0 ? ids.length : 0;
  const V = slotOf.length;
  const keys = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    const slot = slotOf[ids[k]!]!;
    keys[k] = (slot < 0 ? V + ids[k]! : slot) * K + k;
  }
  const order = Int32Array.from(keys.sort(), (key) => key % K);
  const starts = [...order.keys()].filter((i) => i === 0 || ids[order[i]!] !== ids[order[i - 1]!]);
  const found = Int32Array.from(starts, (i) => ids[order[i]!]!);
  return {
    order,
    ids: found,
    slots: found.map((id) => slotOf[id]!),
    starts: Int32Array.of(...starts, K),
  };
}
