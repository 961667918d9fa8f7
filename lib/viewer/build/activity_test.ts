import assert from "node:assert/strict";
import { type ActivityLimits, examplesOf } from "./activity.ts";

const corpus = { data: Int32Array.from({ length: 12 }, (_, i) => 100 + i), shape: [2, 6] };
const limits: ActivityLimits = { vocab: 1, examples: 9, window: { before: 2, after: 1 } };

Deno.test("examplesOf() stays in the maximum's row when it is near either end", () => {
  const examples = examplesOf([6, 11, 8], [0.51239, 0.4, -0.1], { corpus, limits });
  assert.deepEqual(examples, [
    { value: 0.5124, tokens: [106, 107], at: 0, row: 1, position: 0 },
    { value: 0.4, tokens: [109, 110, 111], at: 2, row: 1, position: 5 },
    { value: -0.1, tokens: [106, 107, 108, 109], at: 2, row: 1, position: 2 },
  ]);
});

Deno.test("examplesOf() leaves out absent, repeated and impossible places", () => {
  const offsets = [3, -1, 3, 12, 2 ** 31, 4];
  const examples = examplesOf(offsets, [1, NaN, 1, 1, 1, NaN], { corpus, limits });
  assert.deepEqual(examples.map(({ row, position }) => [row, position]), [[0, 3]]);
});

Deno.test("examplesOf() gives each example its own activations, past those that it leaves out", () => {
  const values = [...[NaN, 3, 2], ...[NaN, NaN, NaN], ...[7, 1, NaN]];
  const sources = { corpus, limits, activations: { values, reach: 1 } };
  const examples = examplesOf([6, -1, 11, 8], [3, NaN, 1, 0.5], sources);
  assert.deepEqual(examples.map(({ activations }) => activations), [
    [3, 2],
    [null, 7, 1],
    undefined,
  ]);
});

Deno.test("examplesOf() takes no more than asked", () => {
  const few = { ...limits, examples: 1 };
  assert.equal(examplesOf([1, 2, 3], [3, 2, 1], { corpus, limits: few }).length, 1);
});
