import assert from "node:assert/strict";
import { addRepeated, difference, headColumns } from "./elements.ts";

Deno.test("difference() repeats the shorter side and keeps float64", () => {
  const a = Float64Array.of(1, 2, 3, 4 + 1e-12);
  assert.deepEqual([...difference(a, Float32Array.of(1, 2))], [0, 0, 2, 4 + 1e-12 - 2]);
  assert.deepEqual([...difference(Float32Array.of(5), Float64Array.of(2))], [3]);
  assert.deepEqual([...a], [1, 2, 3, 4 + 1e-12]);
});

Deno.test("addRepeated() adds to every block of the longer side", () => {
  const x = Float64Array.of(1, 1, 1, 1);
  addRepeated(x, Float64Array.of(1, 2));
  assert.deepEqual([...x], [2, 3, 2, 3]);
});

Deno.test("headColumns() takes one head of every row", () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual([...headColumns(values, 1, [3, 2])], [2, 3, 8, 9]);
});
