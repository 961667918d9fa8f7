import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { taskRows, yearTask } from "../task/contrast_task.ts";
import { askedLayer, settledLayer } from "./asked_layer.ts";
import { strongestMlp } from "./mlp_effects.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";

Deno.test("settledLayer() is the one given, else the paper's on its model alone", () => {
  assert.deepEqual([settledLayer(3, "gpt2"), settledLayer(0, "other")], [3, 0]);
  assert.deepEqual([settledLayer(undefined, "gpt2"), settledLayer(undefined, "other")], [
    10,
    undefined,
  ]);
});

Deno.test("askedLayer() takes the settled layer, finds one where there is none, and refuses absent ones", async () => {
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  using programs = new NodePrograms(model);
  const task = yearTask(await readYearPrompts(`${DIRECTORY}/expected.safetensors`));
  const on = { programs, task: taskRows(task, [0, 20, 40]) };
  assert.deepEqual(await askedLayer(4, on), { layer: 4, arrays: {} });
  const found = await askedLayer(undefined, on, { seed: 2 });
  const { layer, effects } = await strongestMlp(programs, on.task, { seed: 2 });
  assert.equal(found.layer, layer);
  assert.deepEqual(found.arrays.mlp_effects!.data, Float32Array.from(effects));
  assert.deepEqual(found.arrays.mlp_effects_ci!.shape, [12, 2]);
  await assert.rejects(askedLayer(12, on), {
    code: "E-USAGE",
    message: /"--layer": 12, on a model of 12 layers, expected 0 to 11/,
  });
});
