import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { PairSums } from "./pair_sums.ts";

/** Two passes over all values. */
function plainPearson(xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const n = xs.length;
  const [x0, y0] = [xs, ys].map((v) => Array.from(v).reduce((a, b) => a + b) / n) as [
    number,
    number,
  ];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += (xs[i]! - x0) ** 2;
    yy += (ys[i]! - y0) ** 2;
    xy += (xs[i]! - x0) * (ys[i]! - y0);
  }
  return xy / Math.sqrt(xx * yy);
}

Deno.test("PairSums gives Pearson's r and moments of all pairs however they are cut", () => {
  const x = Float64Array.from(normal([5000], 1).data, (value) => 1e4 + value);
  const noise = normal([5000], 2).data;
  const y = x.map((value, i) => 3e-6 * ((value - 1e4) + 0.5 * noise[i]!));
  const expected = plainPearson(x, y);
  for (const part of [1, 77, 5000]) {
    const sums = new PairSums(2);
    for (let i = 0; i < 5000; i += part) {
      sums.add(1, x.subarray(i, i + part), y.subarray(i, i + part));
    }
    assert.ok(Math.abs(sums.pearson(1) - expected) < 1e-12, `${part}: ${sums.pearson(1)}`);
    assert.ok(Math.abs(sums.momentsOfX(1).mean - x.reduce((a, b) => a + b) / 5000) < 1e-9);
    const { mean, sd } = sums.moments(1);
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5000;
    assert.ok(Math.abs(sd / Math.sqrt(variance) - 1) < 1e-9);
  }
});

Deno.test("PairSums has no r when one side never changes", () => {
  const sums = new PairSums(3);
  sums.add(0, [0.1, 0.1, 0.1], [1, 2, 3]);
  sums.add(1, [1, 2, 3], [0.7, 0.7, 0.7]);
  assert.ok([0, 1, 2].every((row) => Number.isNaN(sums.pearson(row))));
  sums.add(0, [0.2], [1]);
  assert.ok(sums.pearson(0) < 0);
});
