import assert from "node:assert/strict";
import fc from "fast-check";
import { BIN_CENTERS, binOf, PRE_BINS } from "./bins.ts";
import { binStatistics, powerMoments } from "./moments.ts";

function naive(values: readonly number[]) {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const power = (p: number) => values.reduce((sum, x) => sum + (x - mean) ** p, 0) / n;
  const variance = power(2);
  return { mean, var: variance, skew: power(3) / variance ** 1.5, kurt: power(4) / variance ** 2 };
}

function near(actual: number, expected: number, limit = 1e-9): void {
  const apart = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(apart <= limit, `${actual} against ${expected}`);
}

const sample = fc.array(fc.integer({ min: -900, max: 1400 }).map((x) => x / 100), {
  minLength: 2,
  maxLength: 60,
}).filter((values) => new Set(values).size > 1);

Deno.test("powerMoments() is the definition, whichever value is the shift", () => {
  fc.assert(fc.property(sample, fc.nat(), (values, which) => {
    const shift = values[which % values.length]!;
    const powers = [1, 2, 3, 4].map((p) => values.reduce((sum, x) => sum + (x - shift) ** p, 0));
    const found = powerMoments(powers, { count: values.length, shift });
    const expected = naive(values);
    for (const name of ["mean", "var", "skew", "kurt"] as const) {
      near(found[name], expected[name], 1e-8);
    }
  }));
});

Deno.test("powerMoments() gives a constant no variance and no shape", () => {
  const found = powerMoments([0, 0, 0, 0], { count: 7, shift: 0.1 });
  assert.deepEqual(found, { mean: 0.1, var: 0, skew: NaN, kurt: NaN });
});

Deno.test("binStatistics() takes every value for the middle of its bin", () => {
  fc.assert(fc.property(sample, (values) => {
    const counts = new Int32Array(PRE_BINS);
    for (const x of values) counts[binOf(x)]!++;
    const found = binStatistics(counts);
    const middles = values.map((x) => BIN_CENTERS[binOf(x)]!);
    assert.equal(found.count, values.length);
    near(found.sparsity, values.filter((x) => binOf(x) >= 102).length / values.length);
    near(found.sharePositive, values.filter((x) => x > 0).length / values.length);
    if (new Set(middles).size < 2) return;
    const expected = naive(middles);
    for (const name of ["mean", "var", "skew", "kurt"] as const) {
      near(found[name], expected[name], 1e-7);
    }
  }));
});

Deno.test("binStatistics() keeps the original's frequency, a bin below 0", () => {
  const counts = new Int32Array(PRE_BINS);
  counts[binOf(-0.05)] = 3;
  counts[binOf(0.05)] = 1;
  const { sparsity, sharePositive } = binStatistics(counts);
  assert.deepEqual([sparsity, sharePositive], [1, 0.25]);
  assert.ok(Number.isNaN(binStatistics(new Int32Array(PRE_BINS)).mean));
});
