import assert from "node:assert/strict";
import fc from "fast-check";
import { geluOf } from "../../device/reference/gelu.ts";
import { RandomStream } from "../../random.ts";
import { type ActivationColumns, explainNeurons, type ExplainOptions } from "./explain_neurons.ts";
import { groupFeatures, previousCodes } from "../labels/group_features.ts";
import type { GroupFeature, Labelling } from "../labels/labelling.ts";
import { bestOf } from "./variance_reduction.ts";
import { mean, moment, plainReduction, split } from "./testing.ts";

/** Columns in memory. */
function columnsOf(
  shape: [number, number],
  tokens: Int32Array,
  activations: readonly Float32Array[],
): ActivationColumns {
  return {
    neurons: activations.map((_, neuron) => ({ layer: 0, neuron })),
    location: "mlp.hook_pre",
    tokens: { data: tokens, shape },
    read: (place) => Promise.resolve(activations[place]!),
  };
}

async function explained(
  columns: ActivationColumns,
  labellings: readonly Labelling[],
  options: ExplainOptions,
) {
  return await Array.fromAsync(explainNeurons(columns, labellings.map(groupFeatures), options));
}

function feature(name: string, holds: ArrayLike<number>): GroupFeature {
  return { name, family: "test", holds: Uint8Array.from(holds) };
}

function near(found: number, wanted: number, text: string, bound = 1e-11): void {
  const same = Number.isNaN(wanted) ? Number.isNaN(found) : Math.abs(found - wanted) <= bound;
  assert.ok(same, `${text}: ${found}, expected ${wanted}`);
}

const V = 6;
const corpus = fc.record({
  B: fc.integer({ min: 1, max: 4 }),
  T: fc.integer({ min: 1, max: 9 }),
  far: fc.constantFrom(0, 3, -2),
  seed: fc.integer({ min: 0, max: 1000 }),
  holds: fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: V, maxLength: V }), {
    minLength: 1,
    maxLength: 5,
  }),
});

Deno.test("explainNeurons() is pandas' formula on the current and the previous token when all is random", async () => {
  const property = fc.asyncProperty(corpus, async ({ B, T, far, seed, holds }) => {
    const random = new RandomStream(seed, "corpus");
    const tokens = Int32Array.from({ length: B * T }, (_, i) => random.integer(i, V));
    const pre = Float32Array.from(tokens, (_, i) => far + 4 * random.uniform(1000 + i) - 2);
    const features = holds.map((row, f) => feature(`f${f}`, row));
    const token = { name: "token", codes: tokens, groups: V, features };
    const previous = { ...token, codes: previousCodes(tokens, T, V), groups: V + 1 };
    const columns = columnsOf([B, T], tokens, [pre]);
    for (const gelu of ["erf", "tanh"] as const) {
      const [result] = await explained(columns, [token, previous], { gelu });
      const values = Array.from(pre, (x) => geluOf(x, gelu));
      near(result!.mean, mean(values), "mean");
      if (B * T > 1) near(result!.variance, moment(values, 2, 1), "variance");
      holds.forEach((row, f) => {
        const now = Array.from(tokens, (id) => row[id] === 1);
        const before = now.map((_, i) => i % T > 0 && row[tokens[i - 1]!] === 1);
        const [byToken, byPrevious] = result!.labellings;
        near(byToken!.reductions[f]!, plainReduction(values, now), `token ${f}`, 1e-9);
        near(byPrevious!.reductions[f]!, plainReduction(values, before), `previous ${f}`, 1e-9);
      });
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

Deno.test("explainNeurons() names the best feature with its difference and t", async () => {
  const random = new RandomStream(3, "best");
  const tokens = Int32Array.from({ length: 5000 }, (_, i) => random.integer(i, 50));
  const pre = Float32Array.from(tokens, (id, i) => (id % 7 === 3 ? 2 : -1) + random.uniform(i) / 4);
  const features = [2, 3, 4].map((k) =>
    feature(`mod_7_is_${k}`, Array.from({ length: 50 }, (_, id) => Number(id % 7 === k)))
  );
  const token = { name: "token", codes: tokens, groups: 50, features };
  const [result] = await explained(columnsOf([10, 500], tokens, [pre]), [token], {
    gelu: "tanh",
    draws: 9,
    seed: 1,
  });
  const { best } = result!.labellings[0]!;
  assert.equal(features[best.feature]!.name, "mod_7_is_3");
  const values = Array.from(pre, (x) => geluOf(x, "tanh"));
  const holds = Array.from(tokens, (id) => id % 7 === 3);
  const [one, zero] = split(values, holds);
  near(best.difference, mean(one) - mean(zero), "difference");
  const t = (mean(one) - mean(zero)) /
    Math.sqrt(moment(one, 2, 1) / one.length + moment(zero, 2, 1) / zero.length);
  near(best.t / t, 1, "t", 1e-9);
  near(best.share, one.length / 5000, "share");
  assert.equal(best.chance.length, 9);
  assert.ok(best.reduction > 0.98 && Math.max(...best.chance) < 0.9);
});

Deno.test("explainNeurons() gives NaN and no best feature when a neuron is constant or not finite", async () => {
  const tokens = Int32Array.of(0, 1, 0, 1, 2);
  const neurons = [0.1, NaN].map((value) => new Float32Array(5).fill(value));
  const features = [
    feature("is_0", [1, 0, 0]),
    feature("none", [0, 0, 0]),
    feature("all", [1, 1, 1]),
  ];
  const labelling = { name: "token", codes: tokens, groups: 3, features };
  const results = await explained(columnsOf([1, 5], tokens, neurons), [labelling], {
    gelu: "erf",
    draws: 2,
  });
  assert.equal(results.length, 2);
  for (const { labellings: [result] } of results) {
    assert.deepEqual([...result!.reductions], [NaN, NaN, NaN]);
    assert.equal(result!.best.feature, -1);
    assert.deepEqual([...result!.best.chance], [NaN, NaN]);
  }
});

Deno.test("explainNeurons() keeps its digits when one position is far from all others", async () => {
  const random = new RandomStream(5, "far");
  const tokens = Int32Array.from({ length: 4096 }, (_, i) => random.integer(i, 20));
  const pre = Float32Array.from(
    tokens,
    (id, i) => i === 0 ? 3e4 : 1000 + (id === 4 ? 1e-2 : 0) + random.uniform(i) / 64,
  );
  const holds = Array.from({ length: 20 }, (_, id) => Number(id === 4));
  const labelling = {
    name: "token",
    codes: tokens,
    groups: 20,
    features: [feature("is_4", holds)],
  };
  const columns = columnsOf([1, 4096], tokens, [pre]);
  const [result] = await explained(columns, [labelling], { gelu: "erf" });
  const wanted = plainReduction(Array.from(pre), Array.from(tokens, (id) => id === 4));
  near(result!.labellings[0]!.reductions[0]!, wanted, "reduction", 1e-10);
});

Deno.test("explainNeurons() refuses labels or activations of another number of positions", async () => {
  const tokens = Int32Array.of(0, 1);
  const labelling = { name: "token", codes: Int32Array.of(0), groups: 2, features: [] };
  const columns = columnsOf([1, 2], tokens, [new Float32Array(3)]);
  const gelu = "erf" as const;
  await assert.rejects(explained(columns, [labelling], { gelu }), /1 positions, expected 2/);
  const right = { ...labelling, codes: tokens };
  await assert.rejects(explained(columns, [right], { gelu }), /3 activations, expected 2/);
});

Deno.test("bestOf() takes the first of the largest and leaves out NaN", () => {
  assert.equal(bestOf([NaN, 1, 3, 3]), 2);
  assert.equal(bestOf([NaN, NaN]), -1);
});
