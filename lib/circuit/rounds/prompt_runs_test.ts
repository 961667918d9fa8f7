import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { taskRows, yearTask } from "../task/contrast_task.ts";
import { placeRows, promptRuns, promptsThatFit } from "./prompt_runs.ts";

const PROMPTS = "tests/fixtures/gpt2-mini/expected.safetensors";
const REQUEST = { attentionLayers: [] };

Deno.test("promptRuns() sees every prompt once, equal bad prompts side by side", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  using programs = new NodePrograms(model);
  const whole = yearTask(await readYearPrompts(PROMPTS));
  // Rows 5 and 1 share their bad prompt with rows 0 and 2, which come in between.
  const task = taskRows(whole, [3, 40, 40, 90, 7, 3]);
  const probDiff = new Float64Array(6);
  const rounds: number[][] = [];
  for await (const round of promptRuns(programs, task, REQUEST, { promptsARound: 2 })) {
    rounds.push([...round.rows]);
    placeRows(probDiff, round.baseline.probDiff, round);
  }
  assert.deepEqual(rounds, [[0, 5], [1, 2], [3, 4]]);
  assert.equal(probDiff[0], probDiff[5]);
  assert.equal(probDiff[1], probDiff[2]);
  assert.equal(new Set(probDiff).size, 4);
});

Deno.test("promptRuns() refuses answers that are NaN before anything is computed of them", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  using programs = new NodePrograms(model);
  const tensor = model.tensor("ln_final.b") as unknown as { data: Float64Array };
  tensor.data[0] = NaN;
  const task = taskRows(yearTask(await readYearPrompts(PROMPTS)), [0, 1]);
  await assert.rejects(promptRuns(programs, task, REQUEST).next(), {
    code: "E-CHECKPOINT",
    message: /gpt2-mini": 2 of 2 prompts with probabilities that are NaN/,
  });
});

Deno.test("promptsThatFit() takes fewer of long prompts and of more layers' attention", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  const task = yearTask(await readYearPrompts(PROMPTS));
  const small = { config: { ...model.config, dModel: 768, dHead: 64, dMlp: 3072 } };
  const fit = (T: number, layers: number) => {
    const goodTokens = { data: new Int32Array(T), shape: [1, T] };
    const attentionLayers = Array.from({ length: layers }).keys().toArray();
    return promptsThatFit(small, { ...task, goodTokens }, { attentionLayers });
  };
  // Five layers of GPT-2 small at 13 tokens are 339 MB for 490 prompts (docs/circuits.md).
  assert.equal(fit(13, 5), 512);
  assert.ok(fit(100, 5) < 200 && fit(100, 5) > 100);
  assert.ok(fit(100, 12) < fit(100, 5));
  assert.ok(fit(1024, 12) >= 1);
});
