import assert from "node:assert/strict";
import { ranked, sparseCounts } from "./ranked.ts";

Deno.test("ranked() keeps the first entries and leaves out places without one", () => {
  const limit = { most: 2, ids: 10 };
  const values = [3.14159, 2, NaN, 1, 0.5];
  assert.deepEqual(ranked([4, -1, 5, 9, 1], values, limit), { ids: [4, 9], values: [3.142, 1] });
});

Deno.test("ranked() leaves out ids that the page has no name for", () => {
  assert.deepEqual(ranked([10, 3], [1, 2], { most: 5, ids: 10 }), { ids: [3], values: [2] });
});

Deno.test("sparseCounts() cuts empty ends and keeps what is between", () => {
  assert.deepEqual(sparseCounts([0, 0, 3, 0, 1, 0]), { first: 2, counts: [3, 0, 1] });
  assert.deepEqual(sparseCounts([7]), { first: 0, counts: [7] });
  assert.deepEqual(sparseCounts([0, 0]), { first: 0, counts: [] });
});
