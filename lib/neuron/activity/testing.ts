/**
 * Neurons with chosen activations, for the tests of this room.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";
import { orderedBlock } from "./ordered_block.ts";
import { extentsOf, type RankOptions } from "./setup.ts";
import { emptySums, type SliceSums } from "./slice_sums.ts";
import type { TokenSlots } from "./token_slots.ts";

/** Activations of every token of a run. */
export interface ChosenActivations {
  readonly tokens: Tokens;
  /** `[B·T, F]` each. */
  readonly pre: Float32Array;
  readonly post: Float32Array;
  /** F. */
  readonly width: number;
}

/** Sums over some rows, `rowsPerBlock` at a time, of the neurons from `from` on. */
export function sumRows(
  { tokens, pre, post, width }: ChosenActivations,
  rows: readonly number[],
  { slots, rank, rowsPerBlock, shift, from = 0 }: {
    slots: TokenSlots;
    rank: RankOptions;
    rowsPerBlock: number;
    shift?: Float64Array;
    from?: number;
  },
): SliceSums {
  const sums = emptySums({ layer: 0, from, to: width }, extentsOf(rank, slots), shift);
  const size = tokens.shape[1]! * width;
  for (let start = 0; start < rows.length; start += rowsPerBlock) {
    const chosen = Int32Array.from(rows.slice(start, start + rowsPerBlock));
    const block = orderedBlock(tokens, chosen, slots.slotOf);
    const cut = (data: Float32Array) =>
      Float32Array.from(
        [...chosen].flatMap((row) => [...data.subarray(row * size, (row + 1) * size)]),
      );
    sums.add({ pre: cut(pre), post: cut(post), width }, block);
  }
  return sums;
}
