import assert from "node:assert/strict";
import { orderedBlock } from "./ordered_block.ts";

const TOKENS = { data: Int32Array.of(9, 9, 3, 5, 5, 3, 7, 5), shape: [4, 2] };

Deno.test("orderedBlock() sorts positions by token, the followed ones by slot and first", () => {
  const slotOf = new Int32Array(10).fill(-1);
  slotOf[5] = 0;
  slotOf[3] = 2;
  const { tokens, offsets, order, ids, slots, starts } = orderedBlock(
    TOKENS,
    Int32Array.of(1, 2, 3),
    slotOf,
  );
  assert.deepEqual([[...tokens.data], tokens.shape], [[3, 5, 5, 3, 7, 5], [3, 2]]);
  assert.deepEqual([...offsets], [2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...order], [1, 2, 5, 0, 3, 4]);
  assert.deepEqual([...ids], [5, 3, 7]);
  assert.deepEqual([...slots], [0, 2, -1]);
  assert.deepEqual([...starts], [0, 3, 5, 6]);
});

Deno.test("orderedBlock() sorts nothing when no tokens are followed", () => {
  const { order, slots, starts } = orderedBlock(TOKENS, Int32Array.of(0), undefined);
  assert.deepEqual([order.length, slots.length, [...starts]], [0, 0, [0]]);
});
