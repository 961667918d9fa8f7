import assert from "node:assert/strict";
import fc from "fast-check";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { makeYearPrompts } from "../../text/year_prompts.ts";
import { largest, topTokens } from "./top_tokens.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";
const prompts = makeYearPrompts(await openTokenizer(DIRECTORY), { count: 10, seed: 3 });

async function withModel(check: (model: Model) => Promise<void>) {
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  await check(model);
}

Deno.test("largest() is the start of a stable descending sort", () => {
  const values = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 30 }), (given, k) => {
    const sorted = given.map((value, id) => ({ value, id })).sort((a, b) => b.value - a.value);
    const expected = sorted.slice(0, k).map(({ id }) => id);
    assert.deepEqual([...largest(Float64Array.from(given), k)], expected);
  }));
});

Deno.test("topTokens() ranks the softmax of the whole vocabulary at the last position", async () => {
  await withModel(async (model) => {
    const tokens = prompts.goodTokens;
    const { logits } = await runWithHooks(model, tokens, { read: ["logits"] });
    const [N, T, V] = logits!.shape as [number, number, number];
    const { ids, probabilities } = await topTokens(model, tokens, { k: 7 });
    assert.deepEqual([ids.shape, probabilities.shape], [[N, 7], [N, 7]]);
    for (let n = 0; n < N; n++) {
      const start = ((n + 1) * T - 1) * V;
      const row = Array.from(logits!.data.subarray(start, start + V), Number);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const sorted = row.map((_, id) => id).sort((a, b) => row[b]! - row[a]!).slice(0, 7);
      assert.deepEqual([...ids.data.subarray(n * 7, n * 7 + 7)], sorted);
      sorted.forEach((id, k) => {
        const p = Math.exp(row[id]!) / total;
        assert.ok(Math.abs(probabilities.data[n * 7 + k]! - p) < 1e-12);
      });
    }
  });
});

Deno.test("topTokens() gives the same in small batches, and all tokens at most", async () => {
  await withModel(async (model) => {
    const tokens = { data: prompts.goodTokens.data.subarray(0, 39), shape: [3, 13] };
    const done: number[] = [];
    const whole = await topTokens(model, tokens, { k: 5 });
    const parts = await topTokens(model, tokens, {
      k: 5,
      memory: 200_000,
      onProgress: (rows) => void done.push(rows),
    });
    assert.deepEqual(parts, whole);
    assert.ok(done.length > 1);
    const V = model.config.vocabSize;
    const all = await topTokens(model, tokens, { k: 10 * V });
    assert.deepEqual(all.ids.shape, [3, V]);
    const mass = all.probabilities.data.subarray(0, V).reduce((a, b) => a + b);
    assert.ok(Math.abs(mass - 1) < 1e-12);
  });
});

Deno.test("topTokens() keeps the logits of the first rows for the witness", async () => {
  await withModel(async (model) => {
    const { forward } = await topTokens(model, prompts.goodTokens, { k: 2 });
    assert.deepEqual(forward.tokens.shape, [8, 13]);
    const again = await runWithHooks(model, forward.tokens, forward.options);
    assert.deepEqual(forward.results, again);
  });
});

Deno.test("topTokens() refuses a model that answers NaN", async () => {
  await withModel(async (model) => {
    (model.tensor("ln_final.b") as unknown as { data: Float64Array }).data[0] = NaN;
    await assert.rejects(topTokens(model, prompts.goodTokens, { k: 2 }), {
      code: "E-CHECKPOINT",
      message: /^Cannot rank the tokens of ".+gpt2-mini": logits after prompt 0 that are NaN/,
    });
  });
});
