import assert from "node:assert/strict";
import { percentile, percentilesByGroup, sortFinite } from "./percentiles.ts";
import { X } from "./testing.ts";

Deno.test("percentile() is NumPy's", () => {
  const { sorted } = sortFinite(X);
  const theirs = [
    -2.3573175584444637,
    -1.7651265977786865,
    -0.1329739202483644,
    1.4328885682055785,
  ];
  [0.25, 5, 50, 97.5].forEach((percent, i) =>
    assert.ok(Math.abs(percentile(sorted, percent) - theirs[i]!) < 1e-12)
  );
  assert.equal(percentile([3], 10), 3);
  assert.ok(Number.isNaN(percentile([], 50)));
});

Deno.test("percentilesByGroup() has the groups in order, less those without a finite value", () => {
  const values = [5, 1, 3, NaN, 2, 4, Infinity];
  const groups = [1, 0, 0, 2, 1, 1, 0];
  const found = percentilesByGroup(values, groups, [0, 50]);
  assert.deepEqual(found.groups, [0, 1]);
  assert.deepEqual(found.percentiles.map((list) => [...list]), [[1, 2], [2, 4]]);
  assert.deepEqual([...found.means], [2, 11 / 3]);
  assert.equal(found.leftOut, 2);
  assert.throws(() => percentilesByGroup([1], [], [50]), RangeError);
});
