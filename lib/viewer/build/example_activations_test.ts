import assert from "node:assert/strict";
import { activationsOf, type ExampleActivations } from "./example_activations.ts";

/** Two examples with two tokens on either side; the first is at the start of its row. */
const KEPT: ExampleActivations = {
  values: [...[NaN, NaN, 5.2345, -0.1234, 0.0004], ...[0.00012345, -1e-9, 0.0123456, 0, -0.01]],
  reach: 2,
};

Deno.test("activationsOf() rounds all where the largest has its third digit", () => {
  assert.deepEqual(activationsOf(KEPT, 0, { from: 0, count: 3 }), [5.23, -0.12, 0]);
  const second = activationsOf(KEPT, 1, { from: -2, count: 5 });
  assert.deepEqual(second, [0.0001, 0, 0.0123, 0, -0.01]);
});

Deno.test("activationsOf() knows nothing of tokens that the run did not look at", () => {
  assert.deepEqual(activationsOf(KEPT, 0, { from: -1, count: 5 }), [null, 5.23, -0.12, 0, null]);
  assert.deepEqual(activationsOf(KEPT, 1, { from: -3, count: 2 }), [null, 0.000123]);
});

Deno.test("activationsOf() gives nothing of an example without them", () => {
  assert.equal(activationsOf(KEPT, 2, { from: 0, count: 1 }), undefined);
  assert.equal(activationsOf(KEPT, 0, { from: 3, count: 9 }), undefined);
  const none = { values: Array(5).fill(NaN), reach: 2 };
  assert.equal(activationsOf(none, 0, { from: -2, count: 5 }), undefined);
  const large = { values: [Infinity, 0, -65504, 12, -0.2], reach: 2 };
  assert.deepEqual(activationsOf(large, 0, { from: -2, count: 5 }), [null, 0, -65500, 0, 0]);
});
