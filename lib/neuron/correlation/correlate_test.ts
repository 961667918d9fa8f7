import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { correlateNeurons, type CorrelateOptions, planRun } from "./correlate.ts";
import { randomRotation, type Rotation } from "./rotation.ts";
import type { NeuronSource } from "./sources.ts";
import { madeSource, mixed, naivePearson } from "./testing.ts";

const [ROWS, T] = [9, 7];
const TOKENS = {
  data: Int32Array.from({ length: ROWS * T }, (_, i) => i % T === 0 ? 0 : 1 + (i * 37) % 61),
  shape: [ROWS, T],
};
const DROPPED = new Set([0]);
const KEPT = [...TOKENS.data].filter((id) => id !== 0);
const OPTIONS: CorrelateOptions = { dropped: DROPPED, blockTokens: 2 * T };

const valueA = (neuron: number, token: number) => 3 + mixed(neuron, token);
const valueB = (neuron: number, token: number) =>
  100 + 20 * mixed(neuron + 1000, token) + 15 * mixed(neuron, token);
const A = madeSource({ label: "a", layers: 2, width: 3, value: valueA });
const B = madeSource({ label: "b", layers: 3, width: 4, value: valueB });
const [NA, NB] = [6, 12];

function row(value: typeof valueA, neuron: number): number[] {
  return KEPT.map((token) => Math.fround(value(neuron, token)));
}

/** The matrix, naively. */
function naive(like: (x: number[], y: number[]) => number): number[][] {
  return Array.from(
    { length: NA },
    (_, i) => Array.from({ length: NB }, (_, j) => like(row(valueA, i), row(valueB, j))),
  );
}

async function correlate(
  base: NeuronSource,
  partner: NeuronSource,
  options = OPTIONS,
  tokens = TOKENS,
) {
  await using device = openReference();
  return await correlateNeurons(device, { base, partners: [partner] }, tokens, options);
}

type Result = Awaited<ReturnType<typeof correlate>>;

/** The whole matrix: there are fewer columns than the tails are deep. */
function matrixOf(result: Result, which: "real" | "baseline" = "real"): number[][] {
  const arrays = result.pairs[0]!.arrays(which);
  const [values, places] = [arrays["max_tail_corr"]!, arrays["max_tail_corr_ix"]!];
  const [n, depth] = values.shape as [number, number];
  return Array.from({ length: n }, (_, i) => {
    const matrix: number[] = [];
    for (let k = i * depth; k < (i + 1) * depth; k++) {
      matrix[Number(places.data[k])] = Number(values.data[k]);
    }
    return matrix;
  });
}

function assertNear(found: number[][], expected: number[][], limit = 1e-6): void {
  const apart = expected.flatMap((line, i) => line.map((x, j) => Math.abs(x - found[i]![j]!)));
  assert.ok(Math.max(...apart) <= limit, `${Math.max(...apart)} over ${limit}`);
  assert.equal(found.flat().length, expected.flat().length);
}

Deno.test("correlateNeurons() finds every Pearson correlation over the kept positions", async () => {
  const result = await correlate(A, B);
  assert.equal(result.kept, KEPT.length);
  assert.ok(result.exact);
  assertNear(matrixOf(result), naive(naivePearson));
});

Deno.test("correlateNeurons() finds cosines and Jaccard similarities with a threshold", async () => {
  const dot = (x: number[], y: number[]) => x.reduce((sum, v, k) => sum + v * y[k]!, 0);
  const cosine = await correlate(A, B, { ...OPTIONS, similarity: "cosine" });
  const jaccard = await correlate(A, B, { ...OPTIONS, similarity: "jaccard", above: 3.2 });
  const on = (x: number) => Number(x > Math.fround(3.2));
  assertNear(matrixOf(cosine), naive((x, y) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))));
  assertNear(
    matrixOf(jaccard),
    naive((x, y) => {
      const [p, q] = [x.map(on), y.map(on)];
      const both = dot(p, q);
      return both / (dot(p, p) + dot(q, q) - both);
    }),
  );
});

Deno.test("correlateNeurons() gives 1 with itself, and the transpose when models are swapped", async () => {
  const own = await correlate(A, A);
  const { diag_corr: diagonal, max_corr_ix: places } = own.pairs[0]!.arrays("real");
  assert.ok(diagonal!.data.every((r: number | bigint) => Math.abs(Number(r) - 1) < 1e-6));
  assert.deepEqual([...places!.data as Int32Array], [...Array(NA).keys()]);
  const there = (await correlate(A, B)).pairs[0]!.arrays("real");
  const back = (await correlate(B, A)).pairs[0]!.arrays("real");
  for (const name of ["max_corr", "min_corr", "max_tail_corr", "corr_mean", "corr_kurt"]) {
    const [one, other] = [there[`${name}_T`]!.data, back[name]!.data];
    assert.ok(
      one.every((x: number | bigint, i: number) => Math.abs(Number(x) - Number(other[i])) < 2e-6),
    );
  }
});

Deno.test("correlateNeurons() changes nothing when rows come in another order", async () => {
  const data = Int32Array.from(TOKENS.data);
  for (let r = 0; r < ROWS; r++) {
    data.set(TOKENS.data.subarray(r * T, (r + 1) * T), (ROWS - 1 - r) * T);
  }
  const turned = await correlate(A, B, OPTIONS, { data, shape: TOKENS.shape });
  assertNear(matrixOf(turned), matrixOf(await correlate(A, B)));
});

Deno.test("correlateNeurons() gives the same bytes when memory allows fewer sums at once", async () => {
  const rotation = randomRotation({ form: "gaussian", seed: 1, draws: 2 });
  const options = { ...OPTIONS, baseline: "rotation", rotation } as const;
  const whole = await correlate(A, B, options);
  const models = { base: A, partners: [B] };
  const all = planRun(models, TOKENS, options);
  const memory = all.peakBytes - 1;
  assert.deepEqual([
    all.passes.length,
    planRun(models, TOKENS, { ...options, memory }).passes.length,
  ], [
    1,
    2,
  ]);
  const cut = await correlate(A, B, { ...options, memory });
  assert.deepEqual(cut.pairs[0]!.arrays("real"), whole.pairs[0]!.arrays("real"));
  assert.deepEqual(cut.pairs[0]!.arrays("baseline"), whole.pairs[0]!.arrays("baseline"));
  assert.deepEqual(cut.pairs[0]!.baselineMaxima(), whole.pairs[0]!.baselineMaxima());
});

/** A mixing of four neurons a layer, twice. */
function given(matrix: readonly number[]): Rotation {
  return { draws: 2, matrix: () => Float32Array.from(matrix) };
}

Deno.test("correlateNeurons() is not changed by a rotation that is the identity", async () => {
  const rotation = given([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  const result = await correlate(A, B, { ...OPTIONS, baseline: "rotation", rotation });
  assertNear(matrixOf(result, "baseline"), matrixOf(result));
  assert.deepEqual(result.pairs[0]!.baselineMaxima()[0], result.pairs[0]!.baselineMaxima()[1]);
});

Deno.test("correlateNeurons() rotates within a layer as if the activations were rotated", async () => {
  const matrix = [0.5, -1, 2, 0.1, 0, 1, 0, -3, 1, 1, 1, 1, -0.2, 0, 0.7, 0];
  const result = await correlate(A, B, {
    ...OPTIONS,
    baseline: "rotation",
    rotation: given(matrix),
  });
  const turned = (neuron: number, token: number) => {
    const [layer, k] = [Math.floor(neuron / 4), neuron % 4];
    return [0, 1, 2, 3].reduce(
      (sum, f) => sum + matrix[4 * k + f]! * valueB(4 * layer + f, token),
      0,
    );
  };
  const expected = Array.from(
    { length: NA },
    (_, i) =>
      Array.from(
        { length: NB },
        (_, j) => naivePearson(row(valueA, i), KEPT.map((id) => turned(j, id))),
      ),
  );
  assertNear(matrixOf(result, "baseline"), expected, 5e-6);
});

Deno.test("correlateNeurons() breaks the match of tokens with seeded baselines", async () => {
  for (const baseline of ["permutation", "gaussian"] as const) {
    const draw = async (seed: number) => {
      const result = await correlate(A, A, { ...OPTIONS, baseline, seed });
      assertNear(matrixOf(result), matrixOf(await correlate(A, A)), 0);
      return matrixOf(result, "baseline");
    };
    const [one, again, other] = [await draw(1), await draw(1), await draw(2)];
    assert.deepEqual(one, again);
    assert.notDeepEqual(one, other);
    assert.ok(one.every((line, i) => Math.abs(line[i]!) < 0.9), baseline);
  }
});

Deno.test("correlateNeurons() gives 0 for constant and non-finite neurons and counts them", async () => {
  const value = (neuron: number, token: number) =>
    neuron === 1 ? 0.1 : neuron === 2 && token === 5 ? NaN : valueA(neuron, token);
  const broken = madeSource({ label: "broken", layers: 2, width: 3, value });
  const data = Int32Array.from(TOKENS.data, (id) => id === 0 ? 0 : id % 11 + 1);
  const rotation = randomRotation({ form: "orthogonal", seed: 1, draws: 1 });
  const options = { ...OPTIONS, baseline: "rotation", rotation } as const;
  const tokens = { data, shape: TOKENS.shape };
  const there = await correlate(broken, B, options, tokens);
  assert.deepEqual(there.defects, { dead: 1, nonFinite: 1 });
  for (const which of ["real", "baseline"] as const) {
    const matrix = matrixOf(there, which);
    assert.deepEqual([matrix[1], matrix[2]], [Array(NB).fill(0), Array(NB).fill(0)]);
    assert.ok(matrix.flat().every(Number.isFinite));
  }
  const back = await correlate(B, broken, options, tokens);
  assert.deepEqual(back.pairs[0]!.defects, { dead: 1, nonFinite: 1 });
  assert.ok(matrixOf(back, "baseline").flat().every(Number.isFinite));
});

Deno.test("correlateNeurons() refuses tokens that are all dropped", async () => {
  await assert.rejects(correlate(A, B, { dropped: new Set(TOKENS.data) }), { code: "E-TOKENS" });
});
