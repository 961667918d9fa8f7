import assert from "node:assert/strict";
import fc from "fast-check";
import { f32, runGraph, runOutputs } from "../../../tests/run_graph.ts";
import * as ops from "../ops.ts";

function assertNear(actual: readonly number[], expected: readonly number[], limit = 1e-12): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= limit, `${i}: ${value} against ${expected[i]}`)
  );
}

Deno.test("layer norm divides by the biased deviation, then applies weight and bias", async () => {
  // Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5, scale √(5 + 4) = 3.
  const feeds = {
    x: f32([1, 4], 1, 3, 5, 7),
    w: f32([4], 3, 30, 1, 1),
    b: f32([4], 0, 0, 10, 20),
    scale: f32([1, 1], 0.5),
  };
  const { norm, scale, applied } = await runOutputs(feeds, (g, v) => ({
    norm: ops.layerNorm(g, v.x!, v.w!, v.b!, 4),
    scale: ops.layerNormScale(g, v.x!, 4),
    applied: ops.layerNormApply(g, v.x!, v.scale!, v.w!, v.b!),
  }));
  assertNear(scale!, [3]);
  assertNear(norm!, [-3, -10, 10 + 1 / 3, 21]);
  assertNear(applied!, [-18, -60, 12, 26]);
});

Deno.test("layer norm of a constant row is its bias", async () => {
  const feeds = { x: f32([2, 3], 5, 5, 5, -2, -2, -2), w: f32([3], 1, 2, 3), b: f32([3], 7, 8, 9) };
  const y = await runGraph(feeds, (g, v) => ops.layerNorm(g, v.x!, v.w!, v.b!, 1e-5));
  assertNear(y, [7, 8, 9, 7, 8, 9]);
});

Deno.test("layer norm with its own scale given is layer norm, row by row", async () => {
  const float = fc.float({ min: -50, max: 50, noNaN: true });
  const row = fc.array(float, { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(row, row, row, row, async (first, second, weight, bias) => {
      const feeds = {
        x: f32([1, 2, 5], ...first, ...second),
        w: f32([5], ...weight),
        b: f32([5], ...bias),
      };
      const { norm, applied } = await runOutputs(feeds, (g, v) => ({
        norm: ops.layerNorm(g, v.x!, v.w!, v.b!, 1e-5),
        applied: ops.layerNormApply(g, v.x!, ops.layerNormScale(g, v.x!, 1e-5), v.w!, v.b!),
      }));
      assertNear(applied!, norm!);
    }),
    { numRuns: 30 },
  );
});
