import assert from "node:assert/strict";
import { TokenBlocks } from "./token_blocks.ts";

const TOKENS = { data: Int32Array.of(0, 7, 8, 0, 0, 0, 0, 9, 7, 0, 8, 9), shape: [4, 3] };

Deno.test("TokenBlocks cuts rows into blocks and drops positions by id", () => {
  const blocks = new TokenBlocks(TOKENS, { blockTokens: 7, dropped: new Set([0]) });
  assert.deepEqual([blocks.rows, blocks.count, blocks.positions], [2, 2, 6]);
  assert.deepEqual([...blocks.at(0).kept], [1, 2]);
  assert.deepEqual([...blocks.at(1).kept], [1, 2, 4, 5]);
  assert.deepEqual(blocks.at(1).tokens, { data: TOKENS.data.subarray(6), shape: [2, 3] });
});

Deno.test("TokenBlocks takes a row a block when a row is longer than a block", () => {
  const blocks = new TokenBlocks(TOKENS, { blockTokens: 2, dropped: new Set([0]) });
  assert.equal(blocks.count, 4);
  assert.equal(blocks.firstKept()?.index, 0);
  const rest = { data: TOKENS.data.subarray(3), shape: [3, 3] };
  assert.equal(
    new TokenBlocks(rest, { blockTokens: 2, dropped: new Set([0]) }).firstKept()?.index,
    1,
  );
  const all = new Set([0, 7, 8, 9]);
  assert.equal(new TokenBlocks(TOKENS, { blockTokens: 2, dropped: all }).firstKept(), undefined);
});
