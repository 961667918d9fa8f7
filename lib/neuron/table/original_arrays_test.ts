import assert from "node:assert/strict";
import { join } from "node:path";
import { ORIGINAL_ARRAYS } from "./original_names.ts";
import { openOriginal, readOriginalSummary } from "./original_arrays.ts";

const ORIGINAL = "tests/fixtures/original";
const PAIR = join(ORIGINAL, "correlation_results/tiny-a+tiny-b/pile.test.tiny.16/pearson.none");
const MODEL = join(ORIGINAL, "summary_data/tiny-a");

Deno.test("ORIGINAL_ARRAYS gives each of our names once", () => {
  const names = ORIGINAL_ARRAYS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("readOriginalSummary() reads a correlation summary and its transpose", async () => {
  const arrays = await readOriginalSummary(PAIR);
  assert.equal(Object.keys(arrays).length, 30);
  assert.deepEqual(arrays["max_tail_corr"]!.shape, [12, 3]);
  assert.deepEqual(arrays["bin_counts"]!.shape, [12, 101]);
  assert.deepEqual(arrays["obo_corr_T"]!.shape, [11]);
  const { max_corr: most, max_tail_corr: tails, max_corr_ix: places } = arrays;
  assert.ok(places!.data instanceof Int32Array);
  for (let i = 0; i < 12; i++) assert.equal(most!.data[i], tails!.data[3 * i]);
});

Deno.test("readOriginalSummary() reads compositions by side, neurons in one axis", async () => {
  const names = ["U_out_top", "U_out_top_ix", "in_in_hist", "comp_query_side", "comp_v"];
  const arrays = await readOriginalSummary(join(MODEL, "weights"), names);
  assert.deepEqual(Object.keys(arrays), names);
  assert.deepEqual(names.map((name) => arrays[name]!.shape), [
    [12, 4],
    [12, 4],
    [12, 101],
    [12, 4],
    [12, 4],
  ]);
  assert.ok(arrays["U_out_top_ix"]!.data instanceof Int32Array);
  const k = await openOriginal(join(MODEL, "weights"));
  assert.match(k.file("comp_query_side"), /k_comps\.pt$/);
});

Deno.test("readOriginalSummary() reads what summary.py wrote", async () => {
  const arrays = await readOriginalSummary(join(MODEL, "activations/pile.test.one.16"));
  assert.deepEqual(arrays["neuron_bin_counts"]!.shape, [12, 257]);
  assert.deepEqual(arrays["neuron_bin_edges"]!.shape, [256]);
  assert.deepEqual(arrays["max_activating_index"]!.shape, [12, 5]);
  assert.deepEqual(arrays["vocab_max_ix"]!.shape, [12, 4]);
  assert.deepEqual(arrays["vocab_counts"]!.shape, [40]);
  const counted = (arrays["neuron_bin_counts"]!.data as Int32Array).reduce((sum, x) => sum + x, 0);
  assert.equal(counted, 12 * 64);
});

Deno.test("OriginalFolder.read() names the file of an array that is not there", async () => {
  const folder = await openOriginal(PAIR);
  await assert.rejects(folder.read("U_out_kurt"), {
    code: "E-FILE-MISSING",
    message: /without U_out_kurt, expected files of vocab_comps\.pt/,
  });
  assert.deepEqual((await openOriginal(ORIGINAL)).names(), []);
});
