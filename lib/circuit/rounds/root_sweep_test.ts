import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { taskRows, yearTask } from "../task/contrast_task.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { promptRuns } from "./prompt_runs.ts";
import { rootSweep } from "./root_sweep.ts";
import { directSweep } from "./sweeps.ts";

Deno.test("rootSweep() by updates of the softmax is the sweep of whole residuals", async () => {
  const prompts = await readYearPrompts("tests/fixtures/gpt2-mini/expected.safetensors");
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  using programs = new NodePrograms(model);
  const task = taskRows(yearTask(prompts), [3, 40, 90]);
  for await (const { good, bad, baseline } of promptRuns(programs, task, { attentionLayers: [] })) {
    const pair = { base: good, patch: bad };
    const context = { programs, pair, task, baseline: baseline.probDiff };
    const plain = await directSweep(context, []);
    for (const leastPrompts of [1, 4]) {
      const { senders, effects } = await rootSweep(context, { leastPrompts });
      assert.deepEqual(senders, plain.senders);
      effects.forEach((effect, i) => {
        // Both hand float32 rows to the device; probabilities are of order 1.
        assert.ok(Math.abs(effect - plain.effects[i]!) < 1e-6, `${i}: ${effect}`);
      });
    }
    assert.ok(plain.effects.some((effect) => Math.abs(effect) > 1e-3));
  }
});
