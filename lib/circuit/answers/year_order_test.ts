import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { RandomStream } from "../../random.ts";
import { chanceGap, neighbourGaps } from "./year_order.ts";

const N = 97;
const YEARS = Int32Array.from({ length: N }, (_, i) => i + 2);

/** A spiral, which no single axis orders. */
const CURVE = hostArray(
  Float64Array.from(
    { length: 2 * N },
    (_, i) =>
      Math.floor(i / 2) / 40 *
      (i % 2 === 0 ? Math.cos : Math.sin)(Math.sqrt(Math.floor(i / 2)) / 2),
  ),
  [N, 2],
);

Deno.test("neighbourGaps() is one year everywhere on an ordered curve", () => {
  assert.deepEqual([...neighbourGaps(CURVE, YEARS)], new Array(N).fill(1));
  const three = hostArray(Float64Array.of(0, 10, 11), [3, 1]);
  assert.deepEqual([...neighbourGaps(three, Int32Array.of(2, 50, 98))], [48, 48, 48]);
});

Deno.test("neighbourGaps() is within chance when points do not know their years", () => {
  const stream = new RandomStream(3, "points");
  const points = hostArray(Float64Array.from({ length: 2 * N }, (_, i) => stream.uniform(i)), [
    N,
    2,
  ]);
  const gaps = neighbourGaps(points, YEARS);
  const mean = gaps.reduce((a, b) => a + b) / N;
  const chance = chanceGap(points, YEARS);
  assert.ok(Math.abs(mean - chance.mean) < 4 * chance.sd, `${mean} against ${chance.mean}`);
});

Deno.test("chanceGap() is a third of the years, the same for the same seed", () => {
  const chance = chanceGap(CURVE, YEARS, { seed: 1 });
  // The mean of |i − j| over all pairs of 97 years is 98 / 3.
  assert.ok(Math.abs(chance.mean - 98 / 3) < 0.5, `${chance.mean}`);
  assert.ok(chance.sd > 1 && chance.sd < 4, `${chance.sd}`);
  assert.deepEqual(chanceGap(CURVE, YEARS, { seed: 1 }), chance);
  assert.notDeepEqual(chanceGap(CURVE, YEARS, { seed: 2 }), chance);
});

Deno.test("neighbourGaps() refuses points without years", () => {
  assert.throws(() => neighbourGaps(CURVE, YEARS.slice(1)), /97 points of 96 years/);
  assert.throws(() => neighbourGaps(hostArray(new Float64Array(2), [1, 2]), Int32Array.of(2)));
});
