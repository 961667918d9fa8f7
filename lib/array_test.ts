import assert from "node:assert/strict";
import { elementCount, formatShape, hostArray, toFloat32 } from "./array.ts";

Deno.test("elementCount() is the product of the extents, 1 for a scalar", () => {
  assert.deepEqual([[], [7], [2, 3, 4], [5, 0, 9]].map(elementCount), [1, 7, 24, 0]);
});

Deno.test("formatShape() writes the extents in brackets", () => {
  assert.deepEqual([[], [3], [32, 128, 768]].map(formatShape), ["[]", "[3]", "[32, 128, 768]"]);
});

Deno.test("hostArray() pairs data with a shape of as many elements and no other", () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  for (const shape of [[6], [2, 3], [3, 1, 2]]) {
    const array = hostArray(data, shape);
    assert.equal(array.data, data);
    assert.equal(array.shape, shape);
  }
  assert.deepEqual(hostArray(Int32Array.of(4), []).shape, []);
  for (const shape of [[5], [2, 2], [7], []]) {
    assert.throws(() => hostArray(data, shape), {
      name: "RangeError",
      message: `Cannot shape "Float32Array": 6 elements, expected ${elementCount(shape)} for ` +
        formatShape(shape),
    });
  }
});

Deno.test("toFloat32() rounds float64 and leaves every other type alone", () => {
  const rounded = toFloat32({ data: Float64Array.of(0.1, 1e300), shape: [2] });
  assert.deepEqual(rounded, { data: Float32Array.of(0.1, Infinity), shape: [2] });
  for (const data of [Float32Array.of(1), Int32Array.of(1), Uint8Array.of(1)]) {
    assert.equal(toFloat32({ data, shape: [1] }).data, data);
  }
});
