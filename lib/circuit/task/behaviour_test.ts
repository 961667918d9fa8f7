import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { makeYearPrompts, type YearPrompts } from "../../text/year_prompts.ts";
import { taskBehaviour } from "./behaviour.ts";
import { behaviourArrays } from "./behaviour_arrays.ts";
import { yearTask } from "./contrast_task.ts";
import { summarize } from "./measures.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";
const COUNT = 6;
const near = (actual: number, expected: number, what: string, limit = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= limit, `${what}: ${actual} against ${expected}`);

async function withModel(check: (model: Model, prompts: YearPrompts) => Promise<void>) {
  const prompts = makeYearPrompts(await openTokenizer(DIRECTORY), { count: COUNT, seed: 3 });
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  await check(model, prompts);
}

Deno.test("taskBehaviour() is the paper's measures of the last position's softmax", async () => {
  await withModel(async (model, prompts) => {
    const { goodTokens: tokens, YY, yearTokenIds } = prompts;
    const task = yearTask(prompts);
    const actual = await taskBehaviour(model, task);
    const collated = behaviourArrays(task, actual).probs!;
    const { logits } = await runWithHooks(model, tokens, { read: ["logits"] });
    const [, T, V] = logits!.shape as [number, number, number];
    const differences: number[] = [];
    const sharpnesses: number[] = [];
    for (let n = 0; n < COUNT; n++) {
      const start = ((n + 1) * T - 1) * V;
      const row = Array.from(logits!.data.subarray(start, start + V), Number);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const p = [...yearTokenIds.data].map((id) => Math.exp(row[id]!) / total);
      for (let year = 0; year < 100; year++) {
        near(actual.probabilities.data[n * 100 + year]!, p[year]!, `p ${n} ${year}`);
        near(actual.logits.data[n * 100 + year]!, row[yearTokenIds.data[year]!]!, `logit ${n}`);
      }
      const yy = YY.data[n]!;
      const sum = (part: number[]) => part.reduce((a, b) => a + b, 0);
      differences.push(sum(p.slice(yy + 1)) - sum(p.slice(0, yy + 1)));
      sharpnesses.push(p[yy + 1]! - p[yy - 1]!);
      near(actual.probDiff[n]!, differences[n]!, `difference ${n}`);
      near(actual.sharpness![n]!, sharpnesses[n]!, `sharpness ${n}`);
      // Each YY occurs once here, so the collated row is the prompt's own.
      for (let year = 0; year < 100; year++) {
        const value = Number(collated.data[(yy - 2) * 100 + year]);
        near(value, p[year]!, `collated ${yy} ${year}`, 1e-7);
      }
    }
    assert.deepEqual(collated.shape, [97, 100]);
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / COUNT;
    const sd = (values: number[]) =>
      Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (COUNT - 1));
    const summary = summarize(actual, 0);
    near(summary.prob_diff_mean, mean(differences), "mean difference");
    near(summary.prob_diff_sd, sd(differences), "sd of differences");
    near(summary.sharpness_mean!, mean(sharpnesses), "mean sharpness");
    near(summary.sharpness_sd!, sd(sharpnesses), "sd of sharpness");
  });
});

Deno.test("taskBehaviour() keeps the forward pass behind it, for the witness", async () => {
  await withModel(async (model, prompts) => {
    const done: number[] = [];
    const onProgress = (rows: number) => void done.push(rows);
    const { forward } = await taskBehaviour(model, yearTask(prompts), { onProgress });
    assert.deepEqual(done, [COUNT]);
    assert.equal(forward.tokens, prompts.goodTokens);
    assert.deepEqual(Object.keys(forward.results).sort(), forward.options.read.toSorted());
    for (const { shape } of Object.values(forward.results)) {
      assert.deepEqual(shape, [COUNT, 1, 100]);
    }
  });
});

Deno.test("taskBehaviour() refuses a model that answers NaN", async () => {
  await withModel(async (model, prompts) => {
    const tensor = model.tensor("ln_final.b") as unknown as { data: Float64Array };
    tensor.data[0] = NaN;
    await assert.rejects(taskBehaviour(model, yearTask(prompts)), {
      code: "E-CHECKPOINT",
      message: /gpt2-mini": 6 of 6 prompts with probabilities that are NaN/,
    });
  });
});
