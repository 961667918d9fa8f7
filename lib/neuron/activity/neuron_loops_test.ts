import assert from "node:assert/strict";
import fc from "fast-check";
import { binOf, PRE_BINS, PRE_EDGES } from "./bins.ts";
import { addValues, turnColumns, turnedStride } from "./neuron_loops.ts";

function addTo(pre: Float64Array, post: Float64Array, shift = 0) {
  const into = { bins: new Int32Array(PRE_BINS), powers: new Float64Array(4), shift };
  addValues(pre, post, into);
  return into;
}

Deno.test("addValues() bins as binOf() at every edge and beside it", () => {
  const ulp = 2 ** -50;
  for (const edge of PRE_EDGES) {
    for (const x of [edge, edge * (1 + ulp), edge * (1 - ulp), edge + 1e-9, edge - 1e-9]) {
      const { bins } = addTo(Float64Array.of(x), Float64Array.of(0));
      assert.equal(bins.indexOf(1), binOf(x), `${x}`);
    }
  }
});

Deno.test("addValues() sums powers of what is finite and marks the rest", () => {
  const pre = Float64Array.of(1, NaN, 3, -Infinity, 5);
  const post = Float64Array.of(1, 1, Infinity, 1, 1);
  const { bins, powers } = addTo(pre, post, 2);
  assert.deepEqual([...powers], [2, 10, 26, 82]);
  assert.equal(bins.reduce((a, b) => a + b), 2);
  assert.deepEqual([...post], [1, NaN, NaN, NaN, 1]);
});

Deno.test("turnColumns() puts columns into rows, whatever their number", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(fc.property(size, size, fc.nat(), (K, width, drawn) => {
    const first = drawn % width;
    const count = Math.min(16, width - first);
    const source = Float32Array.from({ length: K * width }, (_, i) => i);
    const target = new Float64Array(16 * turnedStride(K));
    turnColumns(source, target, { K, width, first, count });
    for (let n = 0; n < count; n++) {
      const row = target.subarray(n * turnedStride(K), n * turnedStride(K) + K);
      assert.deepEqual([...row], Array.from({ length: K }, (_, k) => k * width + first + n));
    }
  }));
});
