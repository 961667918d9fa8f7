import assert from "node:assert/strict";
import fc from "fast-check";
import { type HostArray, hostArray } from "../../array.ts";
import { RandomStream } from "../../random.ts";
import { principalComponents, standardized } from "./pca.ts";

function randomRows(N: number, D: number, seed: number): HostArray<Float64Array> {
  const stream = new RandomStream(seed, "rows");
  const data = Float64Array.from({ length: N * D }, (_, i) => (i % D + 1) * stream.uniform(i));
  return hostArray(data, [N, D]);
}

function column({ data, shape }: HostArray<Float64Array>, c: number): Float64Array {
  return Float64Array.from({ length: shape[0]! }, (_, n) => data[n * shape[1]! + c]!);
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

Deno.test("principalComponents() finds the axes of points whose answer is known", () => {
  // Variance 2 along (3, 4) / 5 and 1/2 across it, around (10, 20).
  const points = [[2, 0], [-2, 0], [0, 1], [0, -1]].map(([along, across]) => [
    10 + (3 * along! - 4 * across!) / 5,
    20 + (4 * along! + 3 * across!) / 5,
  ]);
  const { scores, loadings, explained } = principalComponents(
    hostArray(Float64Array.from(points.flat()), [4, 2]),
  );
  const near = (found: Float64Array, expected: number[]) =>
    found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-12, `${found}`));
  near(explained.data, [0.8, 0.2]);
  // The largest loading, 4/5, is positive in both: the second axis is turned round.
  near(loadings.data, [0.6, 0.8, 0.8, -0.6]);
  near(scores.data, [2, 0, -2, 0, 0, -1, 0, 1]);
});

Deno.test("principalComponents() has orthonormal loadings, uncorrelated scores, ordered shares", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 12 }),
      fc.integer({ min: 3, max: 30 }),
      fc.nat(1000),
      (N, D, seed) => {
        const C = 3;
        const rows = randomRows(N, D, seed);
        const { scores, loadings, explained } = principalComponents(rows, C);
        const total = explained.data.reduce((a, b) => a + b, 0);
        assert.ok(total <= 1 + 1e-12 && explained.data.every((share) => share >= 0));
        for (let c = 0; c < C; c++) {
          const own = loadings.data.subarray(c * D, (c + 1) * D);
          const largest = own.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
          assert.ok(largest > 0, `largest loading ${largest}`);
          for (let other = 0; other <= c; other++) {
            const theirs = loadings.data.subarray(other * D, (other + 1) * D);
            assert.ok(Math.abs(dot(own, theirs) - (c === other ? 1 : 0)) < 1e-9);
            const together = dot(column(scores, c), column(scores, other));
            if (c !== other) assert.ok(Math.abs(together) < 1e-9, `scores ${together}`);
          }
          if (c > 0) assert.ok(explained.data[c - 1]! >= explained.data[c]!);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("principalComponents() does not move when rows are shifted or scaled together", () => {
  const rows = randomRows(9, 20, 7);
  const { scores, explained } = principalComponents(rows);
  const other = principalComponents(hostArray(rows.data.map((x) => 3 * x - 100), rows.shape));
  scores.data.forEach((value, i) => assert.ok(Math.abs(3 * value - other.scores.data[i]!) < 1e-9));
  explained.data.forEach((value, i) =>
    assert.ok(Math.abs(value - other.explained.data[i]!) < 1e-12)
  );
});

Deno.test("principalComponents() leaves components at zero when rows vary in fewer directions", () => {
  const line = hostArray(Float64Array.of(1, 1, 2, 2, 3, 3, 7, 7), [4, 2]);
  const { scores, explained } = principalComponents(line);
  assert.deepEqual([explained.data[0], explained.data[1]], [1, 0]);
  assert.deepEqual([...column(scores, 1)], [0, 0, 0, 0]);
  const same = principalComponents(hostArray(new Float64Array(12).fill(5), [4, 3]));
  assert.deepEqual([...same.explained.data, ...same.scores.data], new Array(10).fill(0));
});

Deno.test("principalComponents() refuses a single row and values that are not finite", () => {
  assert.throws(() => principalComponents(hostArray(new Float64Array(3), [1, 3])), /two rows/);
  assert.throws(() => principalComponents(hostArray(Float64Array.of(1, NaN), [2, 1])), RangeError);
});

Deno.test("standardized() has mean 0 and population sd 1, and keeps a flat column at 0", () => {
  const rows = hostArray(Float64Array.of(1, 5, 2, 5, 3, 5), [3, 2]);
  const { data } = standardized(rows);
  const step = Math.sqrt(3 / 2);
  [-step, 0, 0, 0, step, 0].forEach((value, i) => assert.ok(Math.abs(data[i]! - value) < 1e-12));
});
