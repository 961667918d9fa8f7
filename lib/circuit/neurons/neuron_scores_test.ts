import assert from "node:assert/strict";
import { holdingPrompts } from "../../../tests/limited_model.ts";
import { normal } from "../../../tests/random.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { type NeuronScoreInputs, neuronScores } from "./neuron_scores.ts";

const N = 2;
const MINI = "tests/fixtures/gpt2-mini";

async function withInputs(
  body: (model: Model, inputs: NeuronScoreInputs) => Promise<void>,
): Promise<void> {
  await using device = openReference();
  await using model = await loadModel(MINI, device);
  const { dModel: D, dMlp: F } = model.config;
  // Moves from none through small ones to some so large that no series serves.
  const moves = normal([N, F], 2).data.map((x, i) => x * 30 * (i % F / F) ** 6);
  const base = Float64Array.from(normal([N, F], 1).data);
  const labelIds = Int32Array.from({ length: 40 }, (_, i) => 100 * i);
  await body(model, {
    layer: 10,
    base,
    patch: base.map((x, i) => x + moves[i]!),
    residual: Float64Array.from(normal([N, D], 3, 2).data),
    labelIds,
    signs: Float64Array.from({ length: N * 40 }, (_, i) => [1, -1, 0][(i + i % 7) % 3]!),
  });
}

const worst = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

Deno.test("neuronScores() is the one-by-one evaluation, by the series or not, within its bounds", () =>
  withInputs(async (model, inputs) => {
    const exact = await neuronScores(model, inputs, { tolerance: 0 });
    const mixed = await neuronScores(model, inputs);
    const series = await neuronScores(model, inputs, { tolerance: Infinity });
    assert.ok(mixed.bounds.some((bound) => bound === 0), "some were evaluated one by one");
    assert.ok(mixed.bounds.some((bound) => bound > 0), "some were not");
    assert.ok(mixed.bounds.every((bound) => bound <= 1e-6));
    assert.ok(worst(mixed.scores, exact.scores) <= 1e-6 + 1e-7);
    exact.scores.forEach((score, f) => {
      // What is added is the rounding of float32 inputs.
      assert.ok(Math.abs(score - series.scores[f]!) <= series.bounds[f]! + 1e-7, `neuron ${f}`);
    });
    assert.ok(worst(series.scores, exact.scores) > 1e-5, "the bound was needed");
    assert.equal(exact.scores[0], mixed.scores[0]);
    assert.equal(mixed.scores[0], 0, "a neuron that does not move scores exactly 0");
  }));

Deno.test("neuronScores() orders by decreasing size and ties by index", () =>
  withInputs(async (model, inputs) => {
    const patch = inputs.base.slice();
    const F = model.config.dMlp;
    for (let n = 0; n < N; n++) for (const f of [5, 90]) patch[n * F + f]! += 1;
    const { scores, order } = await neuronScores(model, { ...inputs, patch });
    assert.deepEqual([...order.slice(0, 2)].sort((a, b) => a - b), [5, 90]);
    assert.ok(Math.abs(scores[order[0]!]!) >= Math.abs(scores[order[1]!]!));
    const others = [...Array(F).keys()].filter((f) => f !== 5 && f !== 90);
    assert.deepEqual([...order.slice(2)], others);
  }));

Deno.test("neuronScores() does not depend on how many prompts are held at a time", () =>
  withInputs(async (model, inputs) => {
    const whole = await neuronScores(model, inputs);
    const small = holdingPrompts(model, 1);
    const parts = await neuronScores(small, inputs);
    assert.ok(worst(parts.scores, whole.scores) <= 2e-6);
    assert.deepEqual([...parts.order.slice(0, 9)], [...whole.order.slice(0, 9)]);
  }));

Deno.test("neuronScores() stops when its signal says so", () =>
  withInputs(async (model, inputs) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(neuronScores(model, inputs, { signal }), /enough/);
  }));
