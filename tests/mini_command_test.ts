// circuit_discovery as people run it, against every number that PyTorch has of what it writes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";
import { deviation } from "./compare.ts";
import { CIRCUIT_TOLERANCES, PARITY_TOLERANCES, type Tolerance } from "./tolerances.ts";

const FIXTURE = "tests/fixtures/gpt2-mini";
const { score, probability, lens } = CIRCUIT_TOLERANCES;

/** Arrays of the fixture by the start of their name: how far the command's may be from them. */
const WRITTEN: readonly [start: RegExp, tolerance: Tolerance][] = [
  [/^(good_tokens|bad_tokens|YY|year_token_ids)$/, { limit: 0, reason: "copied" }],
  [/^probs(_ms|_ms_reverse|_lms)?$/, probability],
  [/^logits_years$/, PARITY_TOLERANCES.yearLogits],
  [/^ipp_(logits|m\d+)$/, score],
  [/^attn_[qkv]$/, score],
  [/^mlp\d$/, score],
  [/^logit_lens_/, lens],
  [/^attn_pattern_/, probability],
];

/** Arrays of the fixture that the command does not write, and the test that compares each. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "good_residual_end": "parity_test.ts",
  "bad_residual_end": "parity_test.ts",
  "probs_random_ablation_original_m10": "circuit_test.ts",
  "probs_random_ablation_alternative_m10": "circuit_test.ts",
  "neuron_prob_diff_effect_m10": "neuron_test.ts",
  "m10_act_good": "neuron_test.ts",
};

/** Groups of expected.json that are in summary.json; circuit_test.ts compares the others. */
const GROUPS = ["baseline", "ms", "ms_reverse", "lms"];

/** A fixture array's name in arrays.safetensors. */
function nameOf(array: string): string {
  return array.replace(/^attn_pattern_/, "attn_patterns_");
}

Deno.test("circuit_discovery writes PyTorch's arrays and numbers of gpt2-mini", async (t) => {
  await inFolder(async (folder) => {
    const ended = await run([
      "scripts/greater_than/circuit_discovery.ts",
      `--model=${FIXTURE}`,
      `--prompts=${FIXTURE}/expected.safetensors`,
      "--circuit=paper",
      "--device=onnx",
      `--out=${folder}`,
    ]);
    assert.equal(ended.exit, 0, ended.stderr);
    const actual = await readSafetensors(join(folder, "arrays.safetensors"));
    const expected = await readSafetensors(`${FIXTURE}/expected.safetensors`);

    for (const [name, wanted] of Object.entries(expected)) {
      if (Object.hasOwn(ELSEWHERE, name)) continue;
      await t.step(name, () => {
        const tolerance = WRITTEN.find(([start]) => start.test(name))?.[1];
        assert.ok(tolerance, "neither written by the command nor listed as compared elsewhere");
        const found = actual[nameOf(name)];
        assert.ok(found, `arrays.safetensors lacks ${nameOf(name)}`);
        assert.deepEqual(found.shape, wanted.shape);
        const { worst, detail } = deviation(found, wanted);
        assert.ok(worst <= tolerance.limit, `${worst}: ${detail}`);
        if (tolerance !== score) return;
        // A sender that cannot reach its receiver changes nothing at all.
        wanted.data.forEach((value, i) => {
          if (value === 0) assert.equal(found.data[i], 0, `cell ${i}`);
        });
      });
    }

    const summary = JSON.parse(await Deno.readTextFile(join(folder, "summary.json")));
    const numbers = JSON.parse(await Deno.readTextFile(`${FIXTURE}/expected.json`));
    for (const group of GROUPS) {
      await t.step(`numbers of ${group}`, () => {
        // The fixture has no ratio of the baseline to itself.
        const wanted = group === "baseline" ? { ratio: 1, ...numbers[group] } : numbers[group];
        const names = ["prob_diff_mean", "prob_diff_sd", "ratio", "sharpness_mean"];
        assert.deepEqual(Object.keys(wanted).sort(), names);
        for (const name of names) {
          const apart = Math.abs(summary[group][name] - wanted[name]);
          assert.ok(apart <= score.limit, `${name}: ${summary[group][name]}, not ${wanted[name]}`);
        }
      });
    }
  });
});
