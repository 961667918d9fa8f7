import assert from "node:assert/strict";
import { prepare, standardOf } from "./standard.ts";

Deno.test("standardOf() gives mean and inverse deviation as a power of two", () => {
  const values = Float32Array.of(1, 10, 99, 5, 30, 99, 7, 7, 7);
  const kept = Int32Array.of(0, 1);
  const { shift, factor } = standardOf(values, 3, kept);
  assert.deepEqual([...shift], [3, 20, 99]);
  assert.deepEqual([...factor], [1 / 2, 1 / 16, 1]);
});

Deno.test("prepare() makes a constant neuron exactly 0 on float32 and on float64", () => {
  for (const make of [Float32Array, Float64Array]) {
    const values = new make(50).fill(0.1);
    const kept = Int32Array.from(values.keys());
    const target = new Float32Array(60).fill(NaN);
    const by = standardOf(values, 1, kept);
    const { sum, square } = prepare(values, target, { kept, width: 1, by });
    assert.deepEqual([sum[0], square[0]], [0, 0]);
    assert.ok(target.every((x) => x === 0));
  }
});

Deno.test("prepare() takes the kept positions in their order and fills up with 0", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const target = new Float32Array(6).fill(NaN);
  const by = { shift: Float64Array.of(0, 1), factor: Float64Array.of(1, 2) };
  const { sum, square } = prepare(values, target, { kept: Int32Array.of(2, 0), width: 2, by });
  assert.deepEqual([...target], [5, 10, 1, 2, 0, 0]);
  assert.deepEqual([...sum, ...square], [6, 12, 26, 104]);
});

Deno.test("prepare() fills its own columns of a wider matrix", () => {
  const values = Float32Array.of(1, 2, 3, 4);
  const target = new Float32Array(9).fill(NaN);
  const by = { shift: Float64Array.of(0, 0), factor: Float64Array.of(1, 1) };
  const place = { across: 3, start: 1 };
  prepare(values, target, { kept: Int32Array.of(1, 0), width: 2, by, place });
  assert.deepEqual([...target], [NaN, 3, 4, NaN, 1, 2, NaN, 0, 0]);
});

Deno.test("prepare() counts what lies above a threshold when it is given one", () => {
  const target = new Float32Array(3);
  const { sum } = prepare(Float32Array.of(0.5, 0.6, -1), target, {
    kept: Int32Array.of(0, 1, 2),
    width: 1,
    by: { above: 0.5 },
  });
  assert.deepEqual([...target, ...sum], [0, 1, 0, 1]);
});
