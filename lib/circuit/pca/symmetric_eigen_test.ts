import assert from "node:assert/strict";
import fc from "fast-check";
import { hostArray } from "../../array.ts";
import { RandomStream } from "../../random.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";

function symmetric(N: number, seed: number) {
  const stream = new RandomStream(seed, "symmetric");
  const data = new Float64Array(N * N);
  for (let i = 0; i < N; i++) {
    for (let j = i; j < N; j++) {
      data[i * N + j] = data[j * N + i] = 2 * stream.uniform(i * N + j) - 1;
    }
  }
  return hostArray(data, [N, N]);
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

function assertNear(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${what}: ${found} against ${expected}`);
}

Deno.test("symmetricEigen() gives the known values of small matrices", () => {
  const two = symmetricEigen(hostArray(Float64Array.of(2, 1, 1, 2), [2, 2]));
  assert.deepEqual([...two.values].map((value) => Math.round(value * 1e12) / 1e12), [3, 1]);
  assertNear(Math.abs(two.vectors[0]![0]!), Math.SQRT1_2, "its first vector");
  // The second differences of a chain of N: 2 − 2 cos(kπ / (N + 1)).
  const N = 12;
  const chain = new Float64Array(N * N);
  for (let i = 0; i < N; i++) {
    chain[i * N + i] = 2;
    if (i > 0) chain[i * N + i - 1] = chain[(i - 1) * N + i] = -1;
  }
  symmetricEigen(hostArray(chain, [N, N])).values.forEach((value, i) =>
    assertNear(value, 2 - 2 * Math.cos((N - i) * Math.PI / (N + 1)), `value ${i}`)
  );
});

Deno.test("symmetricEigen() satisfies A v = λ v with orthonormal v for any symmetric matrix", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 14 }), fc.nat(1000), (N, seed) => {
      const a = symmetric(N, seed);
      const { values, vectors } = symmetricEigen(a);
      vectors.forEach((v, i) => {
        if (i > 0) assert.ok(values[i - 1]! >= values[i]!, "largest first");
        for (let row = 0; row < N; row++) {
          assertNear(dot(a.data.subarray(row * N, (row + 1) * N), v), values[i]! * v[row]!, "A v");
        }
        vectors.forEach((w, j) => assertNear(dot(v, w), i === j ? 1 : 0, `v${i} · v${j}`));
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("symmetricEigen() takes matrices of zeros, of equal values and of extreme scale", () => {
  assert.deepEqual([...symmetricEigen(hostArray(new Float64Array(9), [3, 3])).values], [0, 0, 0]);
  const { values } = symmetricEigen(hostArray(Float64Array.of(2e200, 1e200, 1e200, 2e200), [2, 2]));
  [3e200, 1e200].forEach((value, i) => assertNear(values[i]! / value, 1, `value ${i}`));
  const one = symmetricEigen(hostArray(Float64Array.of(-3), [1, 1]));
  assert.deepEqual([[...one.values], [...one.vectors[0]!]], [[-3], [1]]);
});

Deno.test("symmetricEigen() refuses what is not a finite square matrix", () => {
  assert.throws(() => symmetricEigen(hostArray(new Float64Array(6), [2, 3])), /\[2, 3\], expected/);
  assert.throws(() => symmetricEigen(hostArray(Float64Array.of(NaN), [1, 1])), RangeError);
});
