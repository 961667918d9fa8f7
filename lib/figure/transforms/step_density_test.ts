import assert from "node:assert/strict";
import { stepDensity } from "./step_density.ts";
import { X } from "./testing.ts";

Deno.test("stepDensity() outlines NumPy's density", () => {
  const { x, y, outside } = stepDensity(X, { low: -2, high: 2, count: 8 });
  // numpy 2.4.6, histogram(..., bins=8, range=(-2, 2), density=True)
  const theirs = [
    ...[0.10526315789473684, 0.2736842105263158, 0.23157894736842105, 0.4842105263157895, 0.4],
    ...[0.37894736842105264, 0.10526315789473684, 0.021052631578947368],
  ];
  assert.deepEqual([...x], [-2, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]);
  [0, ...theirs, 0].forEach((height, i) => assert.ok(Math.abs(y[i]! - height) < 1e-15));
  assert.equal(outside, 5);
});

Deno.test("stepDensity() has area 1 and no place where the height stays", () => {
  const { x, y, leftOut } = stepDensity([0.5, 1.5, 2.5, 2.6, 7.5, NaN], {
    low: -2,
    high: 12,
    count: 14,
  });
  assert.deepEqual([...x], [0, 0, 2, 3, 7, 8]);
  assert.deepEqual([...y], [0, 0.2, 0.4, 0, 0.2, 0]);
  const area = y.slice(0, -1).reduce((sum, height, i) => sum + height * (x[i + 1]! - x[i]!), 0);
  assert.ok(Math.abs(area - 1) < 1e-12);
  assert.equal(leftOut, 1);
  assert.deepEqual(stepDensity([NaN], { low: 0, high: 1, count: 3 }).x.length, 0);
});
