import assert from "node:assert/strict";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import { readRun } from "../../store/run/read_run.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { bestFeatures, bestNeurons, groupByFeature, nearestText } from "./choose.ts";
import {
  alphabetClasses,
  featureClasses,
  previousClasses,
  unigramClasses,
} from "./token_classes.ts";
import { MAIN_LETTERS, PREVIOUS_TOKEN_NEURONS, UNIGRAM_FAMILIES } from "./paper_lists.ts";
import { PLACE_FEATURES, placeNeurons } from "./place_neurons.ts";
import { topicNeurons } from "./topic_tokens.ts";

const reductions = {
  neurons: ["0.1", "0.2", "1.0"],
  columns: new Map([
    ["a_unigram", [0.2, NaN, 0.9]],
    ["is_year", [0.8, NaN, 0.3]],
    ["b_unigram", [NaN, NaN, NaN]],
  ]),
};

Deno.test("bestNeurons() finds a neuron a feature, bestFeatures() a feature a neuron, NaN aside", () => {
  assert.deepEqual(bestNeurons(reductions, ["a_unigram", "b_unigram", "c_unigram"]), [
    { neuron: "1.0", feature: "a_unigram", reduction: 0.9 },
  ]);
  const best = bestFeatures(reductions);
  assert.deepEqual(best.map(({ neuron, feature }) => `${neuron} ${feature}`), [
    "1.0 a_unigram",
    "0.1 is_year",
  ]);
  assert.deepEqual(
    bestFeatures(reductions, (feature) => feature === "is_year").map(({ reduction }) => reduction),
    [0.8, 0.3],
  );
  assert.match(
    nearestText("a letter", best, 0.95),
    /above 0.95: the nearest is 1.0, a_unigram, 0.900/,
  );
  assert.match(nearestText("a letter", [], 0.95), /no such feature could be judged/);
});

Deno.test("groupByFeature() has the largest family first, and its best neuron first", () => {
  const one = (neuron: string, feature: string, reduction: number) => ({
    neuron,
    feature,
    reduction,
  });
  const groups = groupByFeature([one("0.1", "x", 0.9), one("0.2", "y", 0.5), one("0.3", "y", 0.6)]);
  assert.deepEqual(groups.map(({ feature }) => feature), ["y", "x"]);
  assert.deepEqual(groups[0]!.neurons.map(({ neuron }) => neuron), ["0.3", "0.2"]);
});

Deno.test("alphabetClasses() tells a letter from words that begin with it, in either case", () => {
  const strings = [" a", "A", "apple", " Apple", "b", "", "éa"];
  const tokens = { data: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 99), shape: [1, 8] };
  assert.deepEqual([...alphabetClasses(strings, tokens, "a")], [0, 0, 1, 1, 2, 2, 2, 2]);
});

Deno.test("unigramClasses() are the release's rules, but for a row's last token", () => {
  const strings = [" the", "the", " cat", "re", ".", "The"];
  const holds = Uint8Array.of(1, 1, 0, 0, 0, 1);
  const classes = (
    ids: number[],
    T: number,
  ) => [
    ...unigramClasses(strings, { data: Int32Array.from(ids), shape: [ids.length / T, T] }, holds),
  ];
  // " the cat", " there", " the.", "the cat", "there".
  assert.deepEqual(classes([0, 2, 0, 3, 0, 4, 1, 2, 1, 3], 10), [0, 3, 1, 3, 0, 3, 2, 3, 2, 3]);
  // The last token of a row is a word: what follows is another row's.
  assert.deepEqual(classes([4, 0, 3, 5], 2), [3, 0, 3, 2]);
});

Deno.test("previousClasses() are featureClasses() of the token before in the row", () => {
  const ids = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(fc.array(ids, { minLength: 1, maxLength: 4 }), (lists) => {
    const T = Math.min(...lists.map(({ length }) => length));
    const rows = lists.map((row) => row.slice(0, T));
    const tokens = { data: Int32Array.from(rows.flat()), shape: [rows.length, T] };
    const holds = Uint8Array.of(0, 1, 0, 1);
    const own = featureClasses(tokens, holds);
    const before = previousClasses(tokens, holds);
    before.forEach((code, i) => assert.equal(code, i % T === 0 ? 1 : own[i - 1]));
  }));
});

Deno.test("topicNeurons() are those of a topic above the border, best first", () => {
  const table = {
    rows: 4,
    metadata: {},
    columns: {
      layer: Int32Array.of(0, 0, 1, 2),
      neuron: Int32Array.of(1, 2, 3, 4),
      "best_feature": ["sport", "the_unigram", "law", null],
      "best_family": ["topic", "unigram", "topic", "topic"],
      "best_variance_reduction": Float64Array.of(0.2, 0.9, 0.4, 0.1),
    },
  };
  assert.deepEqual(topicNeurons(table, 0.1), [
    { neuron: "1.3", feature: "law", reduction: 0.4 },
    { neuron: "0.1", feature: "sport", reduction: 0.2 },
  ]);
});

Deno.test("placeNeurons() names the nearest where no place is a neuron's best feature", () =>
  inFolder(async (folder) => {
    const identity = { script: "universal_neurons/explain", options: {}, inputs: [] };
    await using run = await openRun(folder, identity);
    await run.writeTable("best_features", [
      { name: "layer", type: "int32", values: [0, 1] },
      { name: "neuron", type: "int32", values: [7, 3] },
      { name: "best_feature", type: "string", values: ["is_state", "the_unigram"] },
      { name: "best_family", type: "string", values: ["word_group", "unigram"] },
      { name: "best_variance_reduction", type: "float64", values: [0.2, 0.9] },
    ]);
    await run.writeTable("token_variance_reduction", [
      { name: "neuron", type: "string", values: ["0.7", "1.3"] },
      { name: "is_state", type: "float64", values: [0.2, 0.1] },
      { name: "the_unigram", type: "float64", values: [0, 0.9] },
    ]);
    await run.finish({ argv: [], options: {}, seeds: {} });
    const explain = await readRun(folder);
    const state = { neuron: "0.7", feature: "is_state", reduction: 0.2 };
    const asked = (least: number) => placeNeurons(explain, PLACE_FEATURES, least);
    assert.deepEqual((await asked(0)).found, [state]);
    assert.deepEqual(await asked(0.3), { found: [], nearest: state });
    assert.deepEqual(await placeNeurons(explain, ["is_GPE"], 0), { found: [], nearest: undefined });
  }));

Deno.test("paper_lists has as many neurons as the release prints", () => {
  assert.equal(new Set(PREVIOUS_TOKEN_NEURONS).size, 25);
  assert.equal(Object.keys(UNIGRAM_FAMILIES).length, 15);
  assert.equal(Object.values(UNIGRAM_FAMILIES).flat().length, 52);
  assert.equal(MAIN_LETTERS.a, "0.3825");
});
