import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { FinalUpdates, mostPromptsHeld, updateSpace } from "./final_updates.ts";
import { NodePrograms } from "../../circuit/patch/node_programs.ts";

const MINI = "tests/fixtures/gpt2-mini";
const LABELS = Int32Array.of(405, 7, 4095);

async function withMini(body: (model: Model) => Promise<void>): Promise<void> {
  await using device = openReference();
  await using model = await loadModel(MINI, device);
  await body(model);
}

function apart(a: Float64Array, b: Float64Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

const floats = (shape: number[], seed: number, scale: number) =>
  Float64Array.from(normal(shape, seed, scale).data);

Deno.test("answers() of a head's move are those of the whole moved residual", () =>
  withMini(async (model) => {
    const { dModel: D, dHead: K } = model.config;
    using programs = new NodePrograms(model);
    const residual = floats([3, D], 1, 2);
    using updates = await FinalUpdates.open(model, residual, LABELS);
    using space = await updates.headSpace(9, 1);
    assert.equal(space.dimensions, K);
    for (const scale of [0, 1, 50]) {
      const z = floats([3, K], 2, scale);
      const change = await programs.headOutput(9, 1, z);
      const moved = residual.map((x, i) => x + change[i]!);
      const [logits, logProbs] = await Promise.all([
        programs.logits(moved, LABELS),
        programs.logProbs(moved, LABELS),
      ]);
      const actual = await updates.answers(space, z);
      // Weights and coordinates are float32; all else is float64 here.
      assert.ok(apart(actual.logits, logits) < 1e-5);
      assert.ok(apart(actual.logProbs, logProbs) < 1e-5);
    }
  }));

Deno.test("answers() of neurons' moves are those of the whole moved residual", () =>
  withMini(async (model) => {
    const { dModel: D } = model.config;
    using programs = new NodePrograms(model);
    const residual = floats([2, D], 3, 2);
    const writing = await model.weights.read("blocks.10.mlp.W_out");
    using updates = await FinalUpdates.open(model, residual, LABELS);
    using space = await updates.neuronSpace(10, [191, 5]);
    const moves = Float64Array.of(1, -2, 0.5, 3);
    const moved = residual.map((x, i) => {
      const [n, d] = [Math.floor(i / D), i % D];
      return x + moves[2 * n]! * writing[191 * D + d]! + moves[2 * n + 1]! * writing[5 * D + d]!;
    });
    const expected = await programs.logProbs(moved, LABELS);
    const actual = await updates.answers(space, moves);
    assert.ok(apart(actual.logProbs, expected) < 1e-5);
  }));

Deno.test("baseLogits() add up to the answers of a residual that stays", () =>
  withMini(async (model) => {
    const { dModel: D, vocabSize: V } = model.config;
    using programs = new NodePrograms(model);
    const residual = floats([2, D], 4, 2);
    using updates = await FinalUpdates.open(model, residual, LABELS);
    const { logits, shift } = await updates.baseLogits();
    const expected = await programs.logits(residual, LABELS);
    const actual = Float64Array.from({ length: 6 }, (_, i) => {
      const token = LABELS[i % 3]!;
      return logits[Math.floor(i / 3) * V + token]! + shift[token]!;
    });
    assert.ok(apart(actual, expected) < 1e-5);
  }));

Deno.test("open() refuses more prompts than the device may hold", () =>
  withMini(async (model) => {
    const small = Object.create(model, {
      device: { value: Object.create(model.device, { maxTensorBytes: { value: 100_000 } }) },
    }) as Model;
    const most = mostPromptsHeld(small);
    assert.equal(most, Math.floor(100_000 / (4 * model.config.vocabSize)));
    const residual = new Float64Array((most + 1) * model.config.dModel);
    await assert.rejects(
      FinalUpdates.open(small, residual, LABELS),
      /7 prompts, expected at most 6/,
    );
  }));

Deno.test("statistics() are those of the whole moved residual, and of a scale that is held", () =>
  withMini(async (model) => {
    const { dModel: D, vocabSize: V, layerNormEpsilon: epsilon } = model.config;
    const residual = floats([2, D], 5, 2);
    const direction = floats([1, D], 6, 1);
    const targets = Int32Array.of(7, 4000);
    using space = await updateSpace(model, direction);
    using updates = await FinalUpdates.open(model, residual);
    const gain = await model.weights.read("ln_final.w");
    const shift = await model.weights.read("ln_final.b");
    const table = await model.weights.read("unembed.W_U");
    const held = Float64Array.of(3, 0.5);
    for (const scale of [undefined, held]) {
      const moves = Float64Array.of(1.5, -40);
      const found = await updates.statistics(space, moves, { targets, scale });
      for (const n of [0, 1]) {
        const moved = Array.from(direction, (w, d) => residual[n * D + d]! + moves[n]! * w);
        const mean = moved.reduce((a, b) => a + b) / D;
        const variance = moved.reduce((sum, x) => sum + (x - mean) ** 2, 0) / D;
        const sigma = scale?.[n] ?? Math.sqrt(variance + epsilon);
        const normed = moved.map((x, d) => (x - mean) / sigma * gain[d]! + shift[d]!);
        const logits = Array.from(
          { length: V },
          (_, v) => normed.reduce((sum, x, d) => sum + x * table[v * D + d]!, 0),
        );
        const top = Math.max(...logits);
        const logZ = top + Math.log(logits.reduce((sum, l) => sum + Math.exp(l - top), 0));
        const target = logits[targets[n]!]!;
        const entropy = logits.reduce((sum, l) => sum + Math.exp(l - logZ) * (logZ - l), 0);
        assert.ok(Math.abs(found.loss[n]! - (logZ - target)) < 1e-5);
        assert.ok(Math.abs(found.entropy[n]! - entropy) < 1e-5);
        assert.equal(found.rank[n], logits.filter((logit) => logit > target).length);
        assert.ok(Math.abs(found.scale[n]! - sigma) < 1e-6 * sigma);
      }
    }
  }));

Deno.test("answers() needs the tokens that open() may be given", () =>
  withMini(async (model) => {
    using space = await updateSpace(model, new Float64Array());
    assert.equal(space.dimensions, 0);
    using updates = await FinalUpdates.open(model, new Float64Array(model.config.dModel));
    await assert.rejects(updates.answers(space, new Float64Array()), /expected tokens in open/);
  }));
