import assert from "node:assert/strict";
import fc from "fast-check";
import type { ModelConfig } from "../../model/config/config.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { describePlan, planSummary } from "./plan.ts";
import { type RankOptions, setUpSummary } from "./setup.ts";

const RANK: RankOptions = { vocabTop: 100, minCount: 0, examples: 50, originalExtremes: false };
const TINY = await readConfig("cache/models/tiny-gpt2-a");
const SMALL: ModelConfig = {
  ...TINY,
  ...{ nLayer: 12, nHead: 12, dHead: 64, dModel: 768, dMlp: 3072 },
  ...{ vocabSize: 50_257, nPositions: 1024 },
};

/** Rows in which every token of a vocabulary occurs. */
function rowsOf(config: ModelConfig, { labels }: { labels?: number[] } = {}) {
  const B = Math.ceil(config.vocabSize / 128);
  const data = Int32Array.from({ length: B * 128 }, (_, i) => i % config.vocabSize);
  const subsets = labels && {
    names: labels.map(String),
    ofRow: Int32Array.from({ length: B }, (_, row) => labels[row % labels.length]!),
  };
  return setUpSummary({ tokens: { data, shape: [B, 128] }, subsets }, RANK, config.vocabSize);
}

Deno.test("planSummary() gives every neuron to one walk, in order, whatever the memory", () => {
  const setups = [rowsOf(TINY), rowsOf(TINY, { labels: [0, 1, 2] })];
  fc.assert(fc.property(fc.integer({ min: 60, max: 600 }), fc.nat(1), (mebibytes, which) => {
    const memory = mebibytes * 2 ** 20;
    const { passes, bytes } = planSummary(TINY, setups[which]!, { memory });
    const held = bytes.sums + bytes.weights + bytes.work + bytes.tokens;
    assert.ok(held <= memory, `${held} of ${memory}`);
    let at = 0;
    for (const { layer, from, to } of passes.flat()) {
      assert.equal(layer * TINY.dMlp + from, at);
      assert.ok(to > from && to <= TINY.dMlp);
      at += to - from;
    }
    assert.equal(at, TINY.nLayer * TINY.dMlp);
  }));
});

Deno.test("planSummary() takes fewer walks with more memory, and the shorter ones first", () => {
  const setup = rowsOf(SMALL);
  const plans = [2, 4, 8, 32].map((gib) => planSummary(SMALL, setup, { memory: gib * 2 ** 30 }));
  const walks = plans.map(({ passes }) => passes.length);
  assert.deepEqual(walks.toSorted((a, b) => b - a), walks);
  assert.equal(walks.at(-1), 1);
  for (const { passes } of plans) {
    const sizes = passes.map((pass) => pass.length);
    assert.deepEqual(sizes.toSorted((a, b) => a - b), sizes);
  }
  assert.equal(plans.at(-1)!.layersRun, 12);
  assert.ok(plans[1]!.layersRun < 12 * walks[1]!);
});

Deno.test("planSummary() says what is needed when not one neuron fits", () => {
  assert.throws(() => planSummary(SMALL, rowsOf(SMALL), { memory: 2 ** 28 }), {
    code: "E-DEVICE-MEMORY",
    message: /Cannot plan "activation summary": .* needed for the model/,
  });
});

Deno.test("describePlan() tells walks, work, memory and files", () => {
  const setup = rowsOf(SMALL, { labels: [0, 1] });
  const plan = planSummary(SMALL, setup);
  const words = describePlan(SMALL, setup, plan);
  assert.match(words, /^36,864 neurons over 50,304 tokens \(50,257 of 50,257 token ids followed\)/);
  assert.match(
    words,
    new RegExp(`in ${plan.passes.length} walks of ${plan.blocks} blocks of 2,048`),
  );
  assert.match(words, /GiB at once, of which sums .* arrays to write, twice/);
  const windows = { exampleContext: 20, contextExamples: 20, subsetContextExamples: 5 };
  const withContexts = { ...setup, rank: { ...setup.rank, ...windows } };
  const larger = planSummary(SMALL, withContexts);
  // Two sets of sums hold the windows of twenty examples, of 41 tokens of 2 bytes, for each neuron.
  const held = ({ bytes, passes }: typeof plan) =>
    bytes.sums / Math.max(...passes.map((pass) => pass.length)) / SMALL.dMlp;
  assert.equal(held(larger) - held(plan), 2 * 20 * 41 * 2);
  // The files have those of twenty examples of all rows and of five in each of two subsets.
  assert.match(
    describePlan(SMALL, withContexts, larger),
    /of which activations around examples 86.5 MiB, twice/,
  );
});
