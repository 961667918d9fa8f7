import assert from "node:assert/strict";
import fc from "fast-check";
import { openReference } from "../../device/reference/mod.ts";
import { correlateNeurons } from "./correlate.ts";
import { float16Sums } from "./float16_moments.ts";
import { changedNeurons, changeTable, float16Numbers } from "./float16_result.ts";
import { madeSource, mixed } from "./testing.ts";

/** A number of the type. */
function half(x: number): number {
  return Float16Array.of(x)[0]!;
}

/** The original's sums of some batches, one neuron, written out. */
function originalSums(batches: readonly (readonly number[])[]): [sum: number, square: number] {
  let [sum, square] = [0, 0];
  for (const batch of batches) {
    const x = Float16Array.from(batch);
    sum += half([...x].reduce((a, b) => a + b, 0));
    square += half([...x.map((value) => value * value)].reduce((a, b) => a + b, 0));
  }
  return [sum, square];
}

/** Its correlation of two neurons; the products are of the activations themselves. */
function originalPearson(
  x: readonly (readonly number[])[],
  y: readonly (readonly number[])[],
  [sumY, squareY] = originalSums(y),
): number {
  const [sumX, squareX] = originalSums(x);
  const [all, others] = [x.flat(), y.flat()];
  const n = all.length;
  const cross = all.reduce((sum, value, i) => sum + value * others[i]!, 0);
  const norm = (sum: number, square: number) => Math.sqrt(square - sum ** 2 / n);
  return half((cross - sumX * sumY / n) / (norm(sumX, squareX) * norm(sumY, squareY)));
}

const [ROWS, T, N1, N2] = [6, 8, 6, 4];
const TOKENS = {
  data: Int32Array.from({ length: ROWS * T }, (_, i) => i + 1),
  shape: [ROWS, T],
};

/** Activations of a neuron in batches of two rows, as float32. */
function batchesOf(value: (token: number) => number): number[][] {
  return Array.from(
    { length: ROWS / 2 },
    (_, block) =>
      Array.from({ length: 2 * T }, (_, i) => Math.fround(value(block * 2 * T + i + 1))),
  );
}

/** Mixes of the four neurons of a layer. */
const MATRIX = [0.5, -1, 2, 0.1, 0, 1, 0, -3, 1, 1, 1, 1, -0.2, 0, 0.7, 0];

type Value = (neuron: number, token: number) => number;

async function correlate(valueA: Value, valueB: Value) {
  await using device = openReference();
  const base = madeSource({ label: "a", layers: 2, width: N1 / 2, value: valueA });
  const partner = madeSource({ label: "b", layers: 1, width: N2, value: valueB });
  return await correlateNeurons(device, { base, partners: [partner] }, TOKENS, {
    dropped: new Set(),
    blockTokens: 2 * T,
    baseline: "rotation",
    rotation: { draws: 1, matrix: () => Float32Array.from(MATRIX) },
    float16Moments: true,
  });
}

/** Two float16 steps at a size: sums of other rounding may fall on another one. */
function step(x: number): number {
  return Math.max(2 ** -13, 2 ** (Math.floor(Math.log2(Math.abs(x))) - 9));
}

function assertNear(found: number, expected: number, name: string): void {
  if (Number.isNaN(expected) || !Number.isFinite(expected)) {
    return assert.equal(found, expected, name);
  }
  assert.ok(Math.abs(found - expected) <= step(expected), `${name}: ${found} ${expected}`);
}

Deno.test("float16Sums() overflows where the original does, at mean squares of 5.33", () => {
  const tokens = 12_288;
  const kept = Int32Array.from({ length: tokens }, (_, i) => i);
  const values = Float32Array.from({ length: 3 * tokens }, (_, i) => [2.4, 2.3, 5.5][i % 3]!);
  const { sum, square } = float16Sums(values, { kept, width: 3 });
  assert.deepEqual([...square], [Infinity, 128 * 65_024, Infinity]);
  assert.deepEqual([...sum], [128 * 29_504, 128 * 28_272, Infinity]);
});

Deno.test("float16Sums() keeps the least float16 on the grid of exact sums", () => {
  const values = Float32Array.of(2 ** -24, -(2 ** -24));
  const { sum } = float16Sums(values, { kept: Int32Array.of(0), width: 2 });
  assert.deepEqual([...sum], [2 ** -17, -(2 ** -17)]);
});

Deno.test("correlateNeurons() finds what float16 sums give, as written out", async () => {
  const scale = fc.constantFrom(0.01, 1, 20, 70, 300, 9000);
  const mean = fc.constantFrom(0, 1, -3);
  const neuron = fc.record({ scale, mean });
  const models = fc.record({
    a: fc.array(neuron, { minLength: N1, maxLength: N1 }),
    b: fc.array(neuron, { minLength: N2, maxLength: N2 }),
    seed: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(models, async ({ a, b, seed }) => {
      const make = (of: typeof a, other: number): Value => (i, token) =>
        of[i]!.scale * (of[i]!.mean + mixed(100 * seed + other + i, token));
      const [valueA, valueB] = [make(a, 0), make(b, 50)];
      const result = await correlate(valueA, valueB);
      const { pairs, states } = result.float16!;
      const ys = b.map((_, j) => batchesOf((token) => valueB(j, token)));
      const mixes = b.map((_, k) => {
        const mix = (token: number) =>
          b.reduce((sum, _, j) => sum + MATRIX[4 * k + j]! * Math.fround(valueB(j, token)), 0);
        return Array.from(
          { length: ROWS / 2 },
          (_, block) => Array.from({ length: 2 * T }, (_, i) => mix(block * 2 * T + i + 1)),
        );
      });
      for (let i = 0; i < N1; i++) {
        const x = batchesOf((token) => valueA(i, token));
        const row = ys.map((y) => originalPearson(x, y)).map((r) => Number.isNaN(r) ? 0 : r);
        assertNear(pairs[0]!.real.maxima()[i]!, Math.max(...row), `neuron ${i}`);
        const turned = mixes.map((y) => {
          const all = y.flat();
          const exact = [all.reduce((s, v) => s + v, 0), all.reduce((s, v) => s + v * v, 0)];
          return originalPearson(x, y, exact as [number, number]);
        });
        assertNear(pairs[0]!.baselineMaxima()[0]![i]!, Math.max(...turned), `rotated, ${i}`);
        const [sum, square] = originalSums(x);
        const expected = square < Infinity ? 0 : Math.abs(sum) < Infinity ? 1 : 2;
        if (expected > 0) assert.equal(states[i], expected);
      }
    }),
    { numRuns: 40 },
  );
});

/** Neuron 1 overflows in its squares, 3 in its sums too, the others are well inside. */
const OVERFLOWING: Value = (neuron, token) => {
  const size = neuron === 1 ? 75 : neuron === 3 ? 5000 : 1;
  return size * (1 + 0.5 * mixed(7, token) + 0.1 * mixed(neuron, token));
};

Deno.test("correlateNeurons() makes 0 and NaN of neurons that overflow, beside exact results", async () => {
  const quiet: Value = (neuron, token) => mixed(7, token) + 0.1 * mixed(neuron + 20, token);
  const result = await correlate(OVERFLOWING, quiet);
  const { float16, pairs: [pair] } = result;
  assert.deepEqual([...float16!.states], [0, 1, 0, 2, 0, 0]);
  assert.ok(pair!.real.maxima().every((r) => r > 0.9), "the exact ones are as they were");
  const other = float16!.pairs[0]!;
  assert.equal(other.real.maxima()[1], 0);
  assert.equal(other.real.maxima()[3], 0);
  assert.equal(other.baselineMaxima()[0]![1], 0);
  assert.ok(Number.isNaN(other.baselineMaxima()[0]![3]));
  const compared = { ...result, float16: float16! };
  const changed = changedNeurons(compared);
  assert.deepEqual(changed.slice(0, 2).map(({ layer, neuron, state }) => [layer, neuron, state]), [
    [1, 0, "not a number"],
    [0, 1, "zero"],
  ]);
  assert.equal(changeTable(changed)[0]!.values.length, changed.length);
  const numbers = float16Numbers(compared);
  assert.deepEqual(
    ["zero_neurons", "not_a_number_neurons", "infinite_neurons"].map((name) => numbers[name]),
    [1, 1, 0],
  );
  assert.ok(Number(numbers["largest_change"]) > 0.9);
  JSON.stringify(numbers, (_, value) => {
    assert.ok(typeof value !== "number" || Number.isFinite(value));
    return value;
  });
});

Deno.test("correlateNeurons() loses every row's NaN of a partner's neuron, not the row", async () => {
  const result = await correlate((i, token) => 1 + mixed(i, token), OVERFLOWING);
  const { pairs: [pair] } = result.float16!;
  assert.deepEqual([...pair!.partnerStates], [2, 1, 1, 0]);
  assert.ok(pair!.real.maxima().every(Number.isFinite));
});

Deno.test("correlateNeurons() makes NaN of neurons that float16 makes silent", async () => {
  const sizes = [0, 9e-9, 1, 1, 1, 1];
  const silent: Value = (neuron, token) => sizes[neuron]! * (mixed(7, token) - 2);
  const { pairs: [pair], float16 } = await correlate(silent, (_, token) => mixed(7, token) - 2);
  assert.deepEqual([...float16!.states], [2, 2, 0, 0, 0, 0]);
  assert.ok(pair!.real.maxima()[1]! > 0.9, "it moves, if little");
  const other = float16!.pairs[0]!;
  assert.deepEqual([...other.real.maxima().subarray(0, 2)], [0, 0]);
  assert.ok(other.baselineMaxima()[0]!.subarray(0, 2).every(Number.isNaN));
});

Deno.test("correlateNeurons() keeps its exact results when float16 is asked for", async () => {
  const [a, b]: Value[] = [(i, token) => 3 + mixed(i, token), (i, token) => mixed(i + 9, token)];
  const asked = await correlate(a!, b!);
  await using device = openReference();
  const plain = await correlateNeurons(
    device,
    {
      base: madeSource({ label: "a", layers: 2, width: N1 / 2, value: a! }),
      partners: [madeSource({ label: "b", layers: 1, width: N2, value: b! })],
    },
    TOKENS,
    {
      dropped: new Set(),
      blockTokens: 2 * T,
      baseline: "rotation",
      rotation: { draws: 1, matrix: () => Float32Array.from(MATRIX) },
    },
  );
  assert.equal(plain.float16, undefined);
  for (const which of ["real", "baseline"] as const) {
    assert.deepEqual(asked.pairs[0]!.arrays(which), plain.pairs[0]!.arrays(which));
  }
});
