import assert from "node:assert/strict";
import { type RankOptions, setUpSummary } from "./setup.ts";

const RANK: RankOptions = { vocabTop: 10, minCount: 2, examples: 5, originalExtremes: false };
const TOKENS = { data: Int32Array.of(4, 1, 1, 3, 4, 4, 1, 0), shape: [4, 2] };

Deno.test("setUpSummary() follows the tokens that occur often enough, frequent ones first", () => {
  const { pooled, parts, isLabelled } = setUpSummary({ tokens: TOKENS }, RANK, 6);
  assert.deepEqual([...pooled.tokens], [1, 4]);
  assert.deepEqual([...pooled.slotOf], [-1, 0, -1, -1, 1, -1]);
  assert.deepEqual([...pooled.counts], [1, 3, 0, 1, 3, 0]);
  assert.equal(isLabelled, false);
  assert.deepEqual([...parts[0]!.rows], [0, 1, 2, 3]);
  const all = setUpSummary({ tokens: TOKENS }, { ...RANK, vocabTop: -1 }, 6);
  assert.deepEqual([...all.pooled.tokens], [1, 4, 0, 3]);
  const none = setUpSummary({ tokens: TOKENS }, { ...RANK, vocabTop: 0 }, 6);
  assert.equal(none.pooled.tokens.length, 0);
});

Deno.test("setUpSummary() sorts rows by subset and leaves out those without rows", () => {
  const subsets = { names: ["a", "none", "b"], ofRow: Int32Array.of(2, 0, 2, 0) };
  const { parts, pooled } = setUpSummary({ tokens: TOKENS, subsets }, RANK, 6);
  assert.deepEqual(parts.map(({ name, rows }) => [name, ...rows]), [["a", 1, 3], ["b", 0, 2]]);
  for (const { slots, toPooled } of parts) {
    assert.deepEqual([...toPooled].map((slot) => pooled.tokens[slot]), [...slots.tokens]);
  }
  assert.deepEqual([...parts[1]!.slots.counts], [0, 1, 0, 0, 3, 0]);
});
