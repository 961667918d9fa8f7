import assert from "node:assert/strict";
import { concatenated, difference, headColumns, sumRepeated } from "./elements.ts";

Deno.test("difference() repeats the shorter side and keeps float64", () => {
  const a = Float64Array.of(1, 2, 3, 4 + 1e-12);
  assert.deepEqual([...difference(a, Float32Array.of(1, 2))], [0, 0, 2, 4 + 1e-12 - 2]);
  assert.deepEqual([...difference(Float32Array.of(5), Float64Array.of(2))], [3]);
  assert.deepEqual([...a], [1, 2, 3, 4 + 1e-12]);
  assert.ok(difference(Float32Array.of(5), Float32Array.of(2)) instanceof Float32Array);
});

Deno.test("sumRepeated() repeats the shorter terms, over blocks too", () => {
  const width = 3000;
  const [base, other] = [1, 2].map((x) => new Float64Array(width).map((_, i) => x * i));
  const long = new Float32Array(3 * width).map((_, i) => i / 4);
  const sum = sumRepeated([base!, long, other!], 3 * width);
  assert.ok(sum.every((x, i) => x === 3 * (i % width) + i / 4));
  assert.deepEqual([...sumRepeated([Float64Array.of(1, 2)], 4)], [1, 2, 1, 2]);
  const short = Float64Array.of(1, 2);
  assert.deepEqual([...sumRepeated([Float64Array.of(1, 2, 3, 4), short], 4)], [2, 4, 4, 6]);
});

Deno.test("sumRepeated() gives float32 only where all terms are", () => {
  const [single, double] = [Float32Array.of(1, 2), Float64Array.of(1 / 3)];
  assert.ok(sumRepeated([single, single], 4) instanceof Float32Array);
  assert.deepEqual([...sumRepeated([single, double], 2)], [1 + 1 / 3, 2 + 1 / 3]);
});

Deno.test("concatenated() keeps the order, and float64 where one part has it", () => {
  const both = concatenated([Float32Array.of(1), Float64Array.of(2, 1 / 3)]);
  assert.deepEqual([...both], [1, 2, 1 / 3]);
  assert.ok(concatenated([Float32Array.of(1)]) instanceof Float32Array);
});

Deno.test("headColumns() takes one head of every row", () => {
  const values = Float64Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual([...headColumns(values, 1, [3, 2])], [2, 3, 8, 9]);
});
