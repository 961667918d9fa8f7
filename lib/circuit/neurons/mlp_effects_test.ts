import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { type ContrastTask, taskRows, yearTask } from "../task/contrast_task.ts";
import { strongestMlp } from "./mlp_effects.ts";
import { NodePrograms } from "../patch/node_programs.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";

async function withModel(body: (programs: NodePrograms, task: ContrastTask) => Promise<void>) {
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  using programs = new NodePrograms(model);
  await body(programs, yearTask(await readYearPrompts(`${DIRECTORY}/expected.safetensors`)));
}

Deno.test("strongestMlp() takes the MLP of the largest direct effect in the fixture's matrix", () =>
  withModel(async (programs, task) => {
    const { ipp_logits: matrix } = await readSafetensors(`${DIRECTORY}/expected.safetensors`);
    const expected = Array.from({ length: 12 }, (_, l) => Number(matrix!.data[l * 13 + 12]));
    const { layer, effects } = await strongestMlp(programs, task);
    const largest = Math.max(...expected.map(Math.abs));
    assert.equal(layer, expected.findIndex((effect) => Math.abs(effect) === largest));
    effects.forEach((effect, l) => assert.ok(Math.abs(effect - expected[l]!) < 1e-7, `layer ${l}`));
  }));

Deno.test("strongestMlp() gives the same effects when prompts come in rounds", () =>
  withModel(async (programs, task) => {
    const few = taskRows(task, [0, 20, 40, 60, 80]);
    const whole = await strongestMlp(programs, few);
    const parts = await strongestMlp(programs, few, { promptsARound: 2 });
    assert.equal(parts.layer, whole.layer);
    parts.effects.forEach((effect, l) => assert.ok(Math.abs(effect - whole.effects[l]!) < 1e-12));
  }));
