import assert from "node:assert/strict";
import { unigramCount, unigramFeatures } from "./unigrams.ts";

const STRINGS = [" a", "a", "A", " A", " of", "of", "Of", "b", " b", " B", "B", "a ", ""];

Deno.test("unigramFeatures() takes forms that four ids share and that occur often enough", () => {
  const counts = Int32Array.of(5, 0, 1, 0, 900, 1, 1, 3, 3, 1, 1, 4, 0);
  const features = unigramFeatures(STRINGS, counts, { least: 7 });
  assert.deepEqual(features.map(({ name }) => name), ["a_unigram", "b_unigram"]);
  assert.equal(features[0]!.holds.join(""), "1111000000010");
  assert.equal(features[1]!.holds.join(""), "0000000111100");
  const strict = unigramFeatures(STRINGS, counts, { least: 8 });
  assert.deepEqual(strict.map(({ name }) => name), ["a_unigram"], "8 occurrences are not over 8");
});

Deno.test("unigramCount() is the release's from 10 M tokens on and in proportion below", () => {
  assert.deepEqual([10_000_384, 1e9, 1e6, 8192].map(unigramCount), [3000, 3000, 300, 20]);
});
