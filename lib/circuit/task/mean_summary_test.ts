import assert from "node:assert/strict";
import { bootstrapMean } from "./bootstrap.ts";
import { DrawnMeasures, measureArrays, measureColumns, summarizeMeans } from "./mean_summary.ts";

Deno.test("summarizeMeans() gives mean, sd and the bootstrap's interval by name", () => {
  const values = Float64Array.of(0.1, 0.2, 0.6, 0.9);
  const { a, b } = summarizeMeans({ a: values, b: Float64Array.of(1, 1, 1, 1) }, 3);
  const { low, high } = bootstrapMean(values, { seed: 3 });
  assert.deepEqual(a.ci, [low, high]);
  assert.ok(low < 0.45 && 0.45 < high);
  assert.ok(Math.abs(a.mean - 0.45) < 1e-15);
  assert.ok(Math.abs(a.sd - Math.sqrt(0.41 / 3)) < 1e-15);
  assert.deepEqual(b, { mean: 1, sd: 0, ci: [1, 1] });
});

Deno.test("summarizeMeans() refuses measures of unequal length", () => {
  assert.throws(
    () => summarizeMeans({ a: Float64Array.of(1), b: Float64Array.of(1, 2) }, 0),
    RangeError,
  );
});

Deno.test("DrawnMeasures.ratio() has no width where every prompt has the ratio, and none of nothing", () => {
  const whole = Float64Array.of(0.1, 0.2, 0.6, 0.9);
  const drawn = new DrawnMeasures(
    { quarter: whole.map((value) => value / 4), whole, nothing: new Float64Array(4) },
    3,
  );
  const { ratio, ci } = drawn.ratio("quarter", "whole")!;
  for (const value of [ratio, ...ci]) assert.ok(Math.abs(value - 0.25) < 1e-12);
  assert.equal(drawn.ratio("whole", "nothing"), undefined);
  assert.deepEqual(drawn.summary("whole"), summarizeMeans({ whole }, 3).whole);
});

Deno.test("measureArrays() and measureColumns() keep names and values", () => {
  const measures = { mass: Float64Array.of(0.1, 0.25), count: Float64Array.of(3, 4) };
  assert.deepEqual(measureArrays(measures), {
    mass: { data: Float32Array.of(0.1, 0.25), shape: [2] },
    count: { data: Float32Array.of(3, 4), shape: [2] },
  });
  assert.deepEqual(measureColumns(measures), [
    { name: "mass", type: "float64", values: measures.mass },
    { name: "count", type: "float64", values: measures.count },
  ]);
});
