import assert from "node:assert/strict";
import { openCheckpoint } from "../../model/checkpoint/checkpoint.ts";
import { openWeights } from "../../model/checkpoint/weights.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { foldWeights } from "../../model/folding.ts";
import { smallNorm, tokenNorms } from "./norms.ts";
import { vocabularyColumns, vocabularyFeatures } from "./vocabulary_features.ts";

const STRINGS = [" a", "a", "A", " A", "1492", ""];
const VOCABULARY = {
  strings: STRINGS,
  counts: Int32Array.of(9, 0, 0, 1, 4, 0),
  norms: {
    embed: Float64Array.of(0.5, 0.6, 0.52, 0.51, 1, 0),
    unembed: new Float64Array(6).fill(2),
  },
};
const SETTINGS = { unigramCount: 9, smallNorm: 0.52 };

Deno.test("vocabularyFeatures() has unigrams, rules, norm and topics in the release's order", () => {
  const topic = { name: "history", family: "topic", holds: Uint8Array.of(0, 0, 0, 0, 1, 0) };
  const features = vocabularyFeatures(VOCABULARY, { ...SETTINGS, topics: [topic] });
  const names = features.map(({ name }) => name);
  assert.equal(names[0], "a_unigram");
  assert.deepEqual(names.slice(-2), ["small_norm", "history"]);
  assert.equal(features.at(-2)!.holds.join(""), "100100");
  assert.ok(!names.includes("is_month"), "it holds of no token");
  const all = vocabularyFeatures(VOCABULARY, { ...SETTINGS, keepEmpty: true });
  assert.equal(all.length, 1 + 207 + 1);
});

Deno.test("vocabularyFeatures() refuses a topic of another column's name", () => {
  for (const name of ["is_year", "a_unigram", "token", "neuron"]) {
    const topics = [{ name, family: "topic", holds: new Uint8Array(6) }];
    assert.throws(() => vocabularyFeatures(VOCABULARY, { ...SETTINGS, topics }), {
      code: "E-FILE-CORRUPT",
    });
  }
});

Deno.test("vocabularyColumns() has a row a token, padding left out", () => {
  const features = vocabularyFeatures(VOCABULARY, SETTINGS);
  const columns = Object.fromEntries(
    vocabularyColumns(VOCABULARY, features).map(({ name, values }) => [name, [...values]]),
  );
  assert.deepEqual(columns.token, [0, 1, 2, 3, 4]);
  assert.deepEqual(columns.token_prob, [10, 1, 1, 2, 5].map((count) => count / 19));
  assert.deepEqual(columns.integral_value, [NaN, NaN, NaN, NaN, 1492]);
  assert.deepEqual(columns.is_year, [false, false, false, false, true]);
});

Deno.test("tokenNorms() are lengths of the folded and centred rows", async () => {
  const directory = "cache/models/tiny-gpt2-a";
  const config = await readConfig(directory);
  await using checkpoint = await openCheckpoint(directory);
  const weights = foldWeights(openWeights(checkpoint, config));
  const norms = await tokenNorms(weights);
  for (
    const [name, found] of [["embed.W_E", norms.embed], ["unembed.W_U", norms.unembed]] as const
  ) {
    assert.equal(found.length, config.vocabSize);
    for (const id of [0, 1234, config.vocabSize - 1]) {
      const row = (await weights.rows(name))(id, 1);
      assert.ok(Math.abs(found[id]! - Math.hypot(...row)) < 1e-12, `${name} ${id}`);
    }
  }
  const strings = new Array<string>(config.vocabSize).fill("x");
  const { holds } = smallNorm(norms, strings, 1);
  assert.deepEqual(holds, Uint8Array.from(norms.embed, (norm) => Number(norm < 1)));
});
