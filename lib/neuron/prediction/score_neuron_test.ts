import assert from "node:assert/strict";
import fc from "fast-check";
import { mean, moment, plainReduction, split } from "../explain/testing.ts";
import { scoredVocabulary, scoreNeuron } from "./score_neuron.ts";

function near(found: number, wanted: number, text: string): void {
  const isSame = Math.abs(found - wanted) <= 1e-8 * Math.max(1, Math.abs(wanted));
  assert.ok(isSame, `${text}: ${found}, expected ${wanted}`);
}

const CHOICE = { minTokens: 2, draws: 0, seed: 0 };
const sample = fc.integer({ min: 6, max: 40 }).chain((length) =>
  fc.record({
    values: fc.array(fc.integer({ min: -90, max: 90 }), { minLength: length, maxLength: length }),
    holds: fc.array(
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: length, maxLength: length }),
      { minLength: 1, maxLength: 4 },
    ),
  })
);

Deno.test("scoreNeuron() is a pass over all tokens for each feature when all is random", () => {
  fc.assert(fc.property(sample, ({ values: whole, holds }) => {
    const values = whole.map((x, i) => x / 30 + i * 1e-3);
    const strings = values.map((_, i) => `t${i}`);
    const features = holds.map((own, i) => ({
      name: `f${i}`,
      family: "t",
      holds: Uint8Array.from(own),
    }));
    const vocabulary = scoredVocabulary(strings, features, CHOICE);
    const { scores, best, suppresses } = scoreNeuron(values, vocabulary);
    const reductions = vocabulary.features.map(({ holds: own }, f) => {
      const flags = Array.from(own, Boolean);
      const [one, zero] = split(values, flags);
      near(scores.meanDifference[f]!, mean(one) - mean(zero), "mean difference");
      const spread = moment(one, 2, 1) / one.length + moment(zero, 2, 1) / zero.length;
      near(scores.welchT[f]!, (mean(one) - mean(zero)) / Math.sqrt(spread), "t");
      const reduction = plainReduction(values, flags, 0);
      near(scores.varianceReduction[f]!, reduction, "variance");
      return reduction;
    });
    if (reductions.length === 0) return assert.equal(best, -1);
    near(reductions[best]!, Math.max(...reductions), "best");
    assert.equal(suppresses, scores.meanDifference[best]! < 0);
  }));
});

Deno.test("scoredVocabulary() leaves out padding, and features of too few tokens or of nearly all", () => {
  const strings = ["a", "", "b", "c", "d", "e", ""];
  const feature = (name: string, holds: number[]) => ({
    name,
    family: "t",
    holds: Uint8Array.from(holds),
  });
  const features = [
    feature("two", [1, 0, 1, 0, 0, 0, 0]),
    feature("one", [1, 1, 0, 0, 0, 0, 1]),
    feature("all but one", [1, 0, 1, 1, 1, 0, 0]),
  ];
  const vocabulary = scoredVocabulary(strings, features, CHOICE);
  assert.deepEqual([...vocabulary.ids], [0, 2, 3, 4, 5]);
  assert.deepEqual(vocabulary.features.map(({ name }) => name), ["two"]);
  assert.deepEqual([...vocabulary.features[0]!.holds], [1, 1, 0, 0, 0]);
  const { scores } = scoreNeuron([5, 1e9, 5, 1, 1, 1, -1e9], vocabulary);
  assert.equal(scores.meanDifference[0], 4);
  assert.equal(scores.varianceReduction[0], 1);
});

Deno.test("scoreNeuron() gives by chance what the best of as many features has on shuffled values", () => {
  const count = 400;
  const strings = Array.from({ length: count }, (_, i) => `t${i}`);
  const first = Uint8Array.from(strings, (_, i) => Number(i < 40));
  const vocabulary = scoredVocabulary(strings, [{ name: "f", family: "t", holds: first }], {
    minTokens: 3,
    draws: 200,
    seed: 1,
  });
  const values = strings.map((_, i) => Math.sin(i * i) + (i < 40 ? 2 : 0));
  const { scores, chance } = scoreNeuron(values, vocabulary);
  assert.ok(scores.varianceReduction[0]! > 0.2);
  // Of a shuffle the reduction is 1/(n − 1) in the mean.
  const average = chance.reduce((a, b) => a + b, 0) / chance.length;
  assert.ok(average > 0.4 / count && average < 2.5 / count, String(average));
  const again = scoredVocabulary(strings, [{ name: "f", family: "t", holds: first }], {
    minTokens: 3,
    draws: 200,
    seed: 1,
  });
  assert.deepEqual(scoreNeuron(values, again).chance, chance);
});
