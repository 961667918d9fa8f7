import assert from "node:assert/strict";
import { bootstrapMean } from "./bootstrap.ts";
import { measureArrays, measureColumns, summarizeMeans } from "./mean_summary.ts";

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
