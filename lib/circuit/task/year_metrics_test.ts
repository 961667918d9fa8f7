import assert from "node:assert/strict";
import fc from "fast-check";
import { collate, cutoffSharpness, meanAndSd, probDiff } from "./year_metrics.ts";

const rows = fc.array(
  fc.record({
    yy: fc.integer({ min: 2, max: 98 }),
    p: fc.array(fc.double({ min: 0, max: 0.01, noNaN: true }), { minLength: 100, maxLength: 100 }),
  }),
  { minLength: 1, maxLength: 8 },
);

Deno.test("probDiff() counts the start year and 00 as wrong", () => {
  const p = new Float64Array(100);
  [p[0], p[50], p[51]] = [0.1, 0.2, 0.4];
  assert.ok(Math.abs(probDiff(p, Int32Array.of(50))[0]! - (0.4 - 0.3)) < 1e-15);
  assert.ok(Math.abs(probDiff(p, Int32Array.of(50), "less")[0]! - (0.1 - 0.6)) < 1e-15);
});

Deno.test("cutoffSharpness() is the step over the start year", () => {
  const p = new Float64Array(100);
  [p[49], p[50], p[51]] = [0.125, 9, 0.5];
  assert.deepEqual([...cutoffSharpness(p, Int32Array.of(50))], [0.375]);
});

Deno.test("greater and less differ by twice the start year's probability", () => {
  fc.assert(fc.property(rows, (examples) => {
    const values = Float64Array.from(examples.flatMap(({ p }) => p));
    const YY = Int32Array.from(examples, ({ yy }) => yy);
    const greater = probDiff(values, YY);
    const less = probDiff(values, YY, "less");
    examples.forEach(({ p, yy }, n) =>
      assert.ok(Math.abs(greater[n]! + less[n]! + 2 * p[yy]!) < 1e-12)
    );
  }));
});

Deno.test("collate() keeps the mean of each start year and marks absent ones NaN", () => {
  const values = Float64Array.of(1, 10, 3, 30, 5, 50);
  const { data, shape } = collate(values, Int32Array.of(2, 2, 98));
  assert.deepEqual(shape, [97, 2]);
  assert.deepEqual([...data.subarray(0, 2)], [2, 20]);
  assert.deepEqual([...data.subarray(96 * 2)], [5, 50]);
  assert.ok(data.subarray(2, 96 * 2).every(Number.isNaN));
});

Deno.test("meanAndSd() divides by N − 1", () => {
  assert.deepEqual(meanAndSd(Float64Array.of(1, 3)), { mean: 2, sd: Math.SQRT2 });
  assert.deepEqual(meanAndSd(Float64Array.of(7)), { mean: 7, sd: 0 });
});
