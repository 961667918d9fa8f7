import assert from "node:assert/strict";
import fc from "fast-check";
import { arithmeticStep, ITEMS } from "./wordings.ts";

Deno.test("arithmeticStep() is the least from 2 that does not divide YY", () => {
  assert.deepEqual([3, 2, 8, 12, 24, 60].map(arithmeticStep), [2, 3, 3, 5, 5, 7]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 99 }), (YY) => {
    const step = arithmeticStep(YY);
    assert.ok(step >= 2 && YY % step !== 0);
    for (let lower = 2; lower < step; lower++) assert.equal(YY % lower, 0);
  }));
});

Deno.test("ITEMS are 20 different words", () => {
  assert.deepEqual([ITEMS.length, new Set(ITEMS).size], [20, 20]);
});
