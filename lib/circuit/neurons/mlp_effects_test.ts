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
    const { layer, effects, sd, interval } = await strongestMlp(programs, task);
    const largest = Math.max(...expected.map(Math.abs));
    assert.equal(layer, expected.findIndex((effect) => Math.abs(effect) === largest));
    effects.forEach((effect, l) => assert.ok(Math.abs(effect - expected[l]!) < 1e-7, `layer ${l}`));
    assert.deepEqual([sd.length, interval.length], [12, 24]);
    effects.forEach((effect, l) => {
      const [low, high] = [interval[2 * l]!, interval[2 * l + 1]!];
      assert.ok(low < effect && effect < high, `layer ${l}: ${low} to ${high} around ${effect}`);
      // Of 97 prompts an interval is about 4 standard errors wide, whatever their distribution.
      const errors = (high - low) / (sd[l]! / Math.sqrt(97));
      assert.ok(errors > 3 && errors < 5, `layer ${l}: ${errors} standard errors`);
    });
  }));

Deno.test("strongestMlp() gives the same effects when prompts come in rounds", () =>
  withModel(async (programs, task) => {
    const few = taskRows(task, [0, 20, 40, 60, 80]);
    const whole = await strongestMlp(programs, few);
    const parts = await strongestMlp(programs, few, { promptsARound: 2 });
    assert.equal(parts.layer, whole.layer);
    for (const name of ["effects", "sd", "interval"] as const) {
      parts[name].forEach((value, i) =>
        assert.ok(Math.abs(value - whole[name][i]!) < 1e-12, `${name} ${i}`)
      );
    }
  }));

Deno.test("strongestMlp() looks at all of a long task that is sorted, not at its beginning", () =>
  withModel(async (programs, task) => {
    const early = Array<number>(490).fill(0);
    const sorted = taskRows(task, [...early, ...early.map(() => 80)]);
    const { effects } = await strongestMlp(programs, sorted);
    const both = await strongestMlp(programs, taskRows(task, [0, 80]));
    const first = await strongestMlp(programs, taskRows(task, [0]));
    effects.forEach((effect, l) => {
      assert.ok(Math.abs(effect - both.effects[l]!) < 1e-9, `layer ${l}`);
      assert.ok(Math.abs(both.effects[l]! - first.effects[l]!) > 1e-6, `layer ${l} differs`);
    });
  }));
