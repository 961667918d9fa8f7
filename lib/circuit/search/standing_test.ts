import assert from "node:assert/strict";
import { spread, standing } from "./standing.ts";

Deno.test("standing() counts draws that reach a value, ties included", () => {
  const draws = [0.1, 0.2, 0.2, 0.5];
  assert.deepEqual(standing(0.2, draws), {
    reached: 3,
    percentile: 25,
    p: 0.8,
    z: (0.2 - 0.25) / Math.sqrt((0.15 ** 2 + 2 * 0.05 ** 2 + 0.25 ** 2) / 3),
  });
  assert.deepEqual([standing(1, draws).reached, standing(1, draws).p], [0, 0.2]);
  assert.equal(standing(0, draws).percentile, 0);
});

Deno.test("standing() has no z when all draws are equal", () => {
  assert.equal(standing(0.9, [0.5, 0.5]).z, null);
  assert.equal(standing(0.9, [0.5]).z, null);
});

Deno.test("spread() has mean, sd, ends and the middle of an even and an odd number of draws", () => {
  const { mean, least, median, most, draws } = spread([3, 1, 2, 10]);
  assert.deepEqual([mean, least, median, most, draws], [4, 1, 2.5, 10, 4]);
  assert.equal(spread([3, 1, 2]).median, 2);
  assert.throws(() => spread([]), RangeError);
});
