import assert from "node:assert/strict";
import fc from "fast-check";
import { affineOf, dequantise, quantise } from "./affine.ts";

function roundTrip(values: Float32Array): { back: Float32Array; scale: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  const affine = affineOf(min, max);
  const bytes = new Uint8ClampedArray(values.length);
  quantise(values, affine, bytes);
  const back = new Float32Array(values.length);
  dequantise(new Uint8Array(bytes.buffer), affine, back);
  return { back, scale: affine.scale };
}

Deno.test("quantise() is the original's scheme where the original can hold it", () => {
  // torch.quantize_per_tensor(torch.tensor([-1., 0., .5, 2.]), 3 / 255, 85, torch.quint8)
  const affine = affineOf(-1, 2);
  assert.deepEqual(affine, { scale: 3 / 255, zero: 85 });
  const bytes = new Uint8ClampedArray(4);
  quantise(Float32Array.of(-1, 0, 0.5, 2), affine, bytes);
  assert.deepEqual([...bytes], [0, 85, 128, 255]);
});

Deno.test("quantise() is off by at most half a step, and float32's rounding, whatever the signs", () => {
  const value = fc.float({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(fc.float32Array({ min: -1e4, max: 1e4, noNaN: true, minLength: 1 }), value, (
      values,
      shift,
    ) => {
      const shifted = values.map((x) => x + shift);
      const { back, scale } = roundTrip(shifted);
      shifted.forEach((x, i) => {
        const apart = Math.abs(x - back[i]!);
        assert.ok(apart <= scale / 2 * (1 + 1e-9) + Math.abs(x) * 2 ** -24, `${x} to ${back[i]}`);
      });
    }),
  );
});

Deno.test("quantise() holds a constant exactly, and shows what it cannot hold as NaN", () => {
  for (const constant of [0, 3.25, -0.125, 1e-40, -1e38]) {
    const values = new Float32Array(3).fill(constant);
    assert.deepEqual([...roundTrip(values).back], [...values].map((x) => x + 0));
  }
  for (const bad of [NaN, Infinity, -Infinity]) {
    const { back } = roundTrip(Float32Array.of(1, bad, 2));
    assert.deepEqual([...back], [NaN, NaN, NaN]);
  }
});
