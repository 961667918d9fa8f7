import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { NeuronEffects, type NeuronRuns, unembeddingRows } from "./neurons.ts";
import { NodePrograms } from "../patch/node_programs.ts";

const LABELS = Int32Array.of(405, 7, 4095);
const N = 3;

async function withRuns(body: (model: Model, runs: NeuronRuns) => Promise<void>): Promise<void> {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  const { dModel: D, dMlp: F } = model.config;
  await body(model, {
    layer: 10,
    base: Float64Array.from(normal([N, F], 1).data),
    patch: Float64Array.from(normal([N, F], 2).data),
    residual: Float64Array.from(normal([N, D], 3, 2).data),
    labelIds: LABELS,
  });
}

function assertNear(actual: Float64Array, expected: Float64Array, limit: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= limit, `element ${i}`));
}

/** Label logits by the model's own programs after the neurons took the patch run's activations. */
async function patchedLogits(model: Model, runs: NeuronRuns, neurons: number[]) {
  const { dModel: D, dMlp: F } = model.config;
  const writing = await model.weights.read("blocks.10.mlp.W_out");
  const moved = runs.residual.map((x, i) => {
    const [n, d] = [Math.floor(i / D), i % D];
    return neurons.reduce(
      (sum, f) => sum + (runs.patch[n * F + f]! - runs.base[n * F + f]!) * writing[f * D + d]!,
      x,
    );
  });
  using programs = new NodePrograms(model);
  return await programs.logits(moved, runs.labelIds);
}

Deno.test("directEffect() is base minus patched logits, of one neuron and of several jointly", () =>
  withRuns(async (model, runs) => {
    const effects = await NeuronEffects.of(model, runs);
    const base = await patchedLogits(model, runs, []);
    for (const neurons of [[0], [191], [4, 17, 100]]) {
      const patched = await patchedLogits(model, runs, neurons);
      assertNear(effects.directEffect(neurons), base.map((x, i) => x - patched[i]!), 1e-5);
    }
    assertNear(effects.directEffect([]), new Float64Array(N * 3), 0);
  }));

Deno.test("directEffect() subtracts each row's own column when it is against one", () =>
  withRuns(async (model, runs) => {
    const effects = await NeuronEffects.of(model, runs);
    const plain = effects.directEffect([9]);
    const against = effects.directEffect([9], { against: 0 });
    assertNear(against, plain.map((x, i) => x - plain[i - i % 3]!), 0);
    assert.ok([0, 3, 6].every((i) => against[i] === 0) && against[1] !== 0);
  }));

Deno.test("lens() is the activation times the product of the weights, summed over neurons", () =>
  withRuns(async (model, runs) => {
    const { dModel: D, dMlp: F } = model.config;
    const writing = await model.weights.read("blocks.10.mlp.W_out");
    const table = await model.weights.read("unembed.W_U");
    const one = (f: number) =>
      Float64Array.from({ length: N * 3 }, (_, i) => {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += writing[f * D + d]! * table[LABELS[i % 3]! * D + d]!;
        return runs.base[Math.floor(i / 3) * F + f]! * dot;
      });
    const effects = await NeuronEffects.of(model, runs);
    assertNear(effects.lens([12]), one(12), 1e-12);
    const [a, b] = [one(12), one(99)];
    assertNear(effects.lens([12, 99]), a.map((x, i) => x + b[i]!), 1e-12);
    assert.deepEqual(
      await unembeddingRows(model, Int32Array.of(7)),
      Float64Array.from(table.subarray(7 * D, 8 * D)),
    );
  }));

Deno.test("lens() refuses a neuron that is not there", () =>
  withRuns(async (model, runs) => {
    const effects = await NeuronEffects.of(model, runs);
    for (const n of [192, -1, 1.5]) {
      assert.throws(() => effects.lens([n]), /not there, expected 0 .. 191/);
    }
  }));
