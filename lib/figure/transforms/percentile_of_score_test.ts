import assert from "node:assert/strict";
import { percentilesOfScore } from "./percentile_of_score.ts";
import { GROUPS, ROUNDED, X } from "./testing.ts";

Deno.test("percentilesOfScore() is SciPy's percentileofscore with kind rank, within groups", () => {
  // scipy 1.17.1: the first six, each among its group of a third of the values
  const theirs = [
    ...[77.94117647058825, 42.42424242424242, 89.39393939393939],
    ...[92.64705882352942, 59.09090909090909, 72.72727272727272],
  ];
  const ours = percentilesOfScore(ROUNDED, GROUPS);
  theirs.forEach((percent, i) => assert.ok(Math.abs(ours[i]! - percent) < 1e-12, `${ours[i]}`));
});

Deno.test("percentilesOfScore() does not change when values are moved and stretched", () => {
  const ours = percentilesOfScore(X, GROUPS);
  assert.deepEqual(percentilesOfScore(X.map((x) => 8 * x - 64), GROUPS), ours);
  // The mean over n different values is 50 (n + 1) / n.
  const first = ours.filter((_, i) => GROUPS[i] === 0);
  const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
  assert.ok(Math.abs(mean - 50 * (first.length + 1) / first.length) < 1e-9);
});

Deno.test("percentilesOfScore() is NaN for what is not finite, which ranks nobody else", () => {
  assert.deepEqual([...percentilesOfScore([1, NaN, 3, Infinity], [0, 0, 0, 0])], [
    50,
    NaN,
    100,
    NaN,
  ]);
  assert.throws(() => percentilesOfScore([1], []), RangeError);
});
