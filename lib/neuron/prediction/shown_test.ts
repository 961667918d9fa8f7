import assert from "node:assert/strict";
import { bestOfFeatures, bestSuppressor, duplicateFeatures, type NamedNeuron } from "./named.ts";
import { LISTED_MODEL } from "./paper_lists.ts";
import { checkPrinted, judgeListed, judgePrinted, listedNumbers } from "./published.ts";
import { scoredVocabulary, scoreNeuron } from "./score_neuron.ts";
import { chooseShown, shownNeurons } from "./shown.ts";

function named(neuron: string, feature: string, more: Partial<NamedNeuron> = {}): NamedNeuron {
  const [layer, index] = neuron.split(".").map(Number) as [number, number];
  const moments = { kurt: 11, skew: 1, tokens: 5, meanDifference: 1, welchT: 3 };
  const scores = { skewnessReduction: 0, kurtosisReduction: 0, varianceReduction: 0.5 };
  const chance = { chanceMean: 0.01, chanceMax: 0.02 };
  const base = { neuron, layer, index, feature, family: "t", suppresses: false };
  return { ...base, ...moments, ...scores, ...chance, ...more };
}

const NEURONS = [
  named("1.3", "is_year", { varianceReduction: 0.9 }),
  named("2.7", "is_year", { varianceReduction: 0.95, suppresses: true }),
  named("0.1", "is_month", { varianceReduction: 0.3 }),
  named("0.2", "is_state", { varianceReduction: 0.015 }),
  named("3.1", ""),
];

Deno.test("figures show the best neuron of each feature, of those above chance", () => {
  assert.deepEqual(bestOfFeatures(NEURONS).map(({ neuron }) => neuron), ["2.7", "0.1"]);
  assert.equal(bestSuppressor(NEURONS)?.neuron, "2.7");
  assert.equal(bestSuppressor(NEURONS.slice(2)), undefined);
  const [year, ...others] = duplicateFeatures(NEURONS);
  assert.deepEqual(year!.neurons.map(({ neuron }) => neuron), ["2.7", "1.3"]);
  assert.equal(others.length, 0);
  const shown = chooseShown("some-model", NEURONS);
  assert.equal(shown.chosenBy, "scores");
  assert.deepEqual(shown.main, [["2.7", "is_year"], ["0.1", "is_month"]]);
  assert.deepEqual(shown.duplicates, [["is_year", ["2.7", "1.3"]]]);
  const all = shownNeurons(shown);
  assert.deepEqual(all.map(({ layer, neuron }) => `${layer}.${neuron}`), ["0.1", "1.3", "2.7"]);
});

Deno.test("figures show the paper's neurons on its model, whatever the scores are", () => {
  const shown = chooseShown(LISTED_MODEL, NEURONS);
  assert.equal(shown.chosenBy, "paper");
  assert.equal(shown.appendix.length, 30);
  assert.equal(shown.duplicates[0]![1].length, 8);
  assert.ok(shownNeurons(shown).length > 50);
});

Deno.test("judgeListed() ranks the listed feature and compares its flag", () => {
  const strings = Array.from({ length: 12 }, (_, i) => `t${i}`);
  const feature = (name: string, first: number, count: number) => ({
    name,
    family: "t",
    holds: Uint8Array.from(strings, (_, i) => Number(i >= first && i < first + count)),
  });
  const features = [feature("is_year", 0, 4), feature("is_month", 4, 3)];
  const vocabulary = scoredVocabulary(strings, features, { minTokens: 2, draws: 0, seed: 0 });
  const scores = scoreNeuron(strings.map((_, i) => (i < 4 ? -5 : i < 7 ? 1 : 0)), vocabulary);
  const scored = [{ layer: 3, neuron: 9, kurt: 12, skew: -2, scores }];
  const judged = judgeListed(scored, vocabulary, [
    { neuron: "3.9", feature: "is_year", suppresses: true },
    { neuron: "3.9", feature: "is_month", suppresses: true },
    { neuron: "3.9", feature: "no_such", suppresses: true },
    { neuron: "4.9", feature: "is_year", suppresses: true },
  ]);
  assert.deepEqual(judged.map(({ rank, isFlagSame }) => [rank, isFlagSame]), [
    [1, true],
    [2, false],
  ]);
  assert.deepEqual(listedNumbers(judged).map(({ value }) => value), [0.5, 0.5]);
});

Deno.test("judgePrinted() holds the paper's model alone, and at its border", () => {
  const moments = (model: string) => ({
    model,
    layers: 24,
    width: 4096,
    kurt: new Float32Array(24 * 4096).fill(3),
    skew: new Float32Array(24 * 4096),
  });
  assert.deepEqual(judgePrinted([moments("tiny-gpt2-a")], 10), []);
  const paper = moments(LISTED_MODEL);
  assert.deepEqual(judgePrinted([paper], 5), []);
  const [list] = judgePrinted([paper], 10);
  assert.equal(list!.verdict, "fail");
  const five = judgePrinted([paper, ...["b", "c", "d", "e"].map(moments)], 10);
  assert.equal(five.length, 5);
  paper.kurt[3 * 4096 + 63] = 11;
  assert.equal(judgePrinted([paper], 10)[0]!.value, 1);
  const summary = Object.fromEntries(five.map(({ name, ...own }) => [name, own]));
  assert.equal(checkPrinted(summary)?.code, "E-CHECK");
  assert.equal(checkPrinted({})?.code, "E-USAGE");
});
