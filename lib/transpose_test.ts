import assert from "node:assert/strict";
import { transpose } from "./transpose.ts";

Deno.test("transpose() turns a matrix whose extents are no multiple of a square", () => {
  for (const [rows, columns] of [[3, 19], [65, 33], [1, 5]] as const) {
    const source = Float32Array.from({ length: rows * columns }, (_, i) => i);
    const turned = transpose(source, [rows, columns]);
    assert.ok(turned.every((x, i) => x === i % rows * columns + Math.floor(i / rows)));
  }
});

Deno.test("transpose() keeps float64", () => {
  const turned = transpose(Float64Array.of(1 + 1e-12, 2, 3, 4), [2, 2]);
  assert.deepEqual(turned, Float64Array.of(1 + 1e-12, 3, 2, 4));
});
