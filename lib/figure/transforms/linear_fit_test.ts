import assert from "node:assert/strict";
import { linearFit, meanRanks, rankCorrelation } from "./linear_fit.ts";
import { ROUNDED, X, Y } from "./testing.ts";

const near = (ours: number, theirs: number) =>
  assert.ok(Math.abs(ours - theirs) < 1e-12, `${ours}`);

Deno.test("linearFit() is SciPy's linregress, rankCorrelation() its spearmanr", () => {
  const { slope, intercept, rho } = linearFit(X, Y);
  near(slope, 0.48846252198521806);
  near(intercept, 0.5046209925121162);
  near(rho, 0.8406343387663882);
  near(rankCorrelation(ROUNDED, Y), 0.811722859217398);
});

Deno.test("linearFit() leaves out points that are not finite, and is NaN where nothing varies", () => {
  const whole = linearFit([0, 1, 2], [1, 3, 5]);
  assert.deepEqual(linearFit([0, NaN, 1, 2, 3], [1, 7, 3, 5, Infinity]), { ...whole, leftOut: 2 });
  assert.ok(Number.isNaN(linearFit([1, 1], [0, 1]).slope));
  assert.ok(Number.isNaN(linearFit([0, 1], [1, 1]).rho));
  assert.throws(() => linearFit([1], []), RangeError);
});

Deno.test("meanRanks() gives equal values their mean rank", () => {
  assert.deepEqual([...meanRanks([3, 1, NaN, 3, 2])], [3.5, 1, NaN, 3.5, 2]);
  near(rankCorrelation([1, 2, NaN, 4], [10, 20, 0, 21]), 1);
});
