/**
 * The fixtures' weights put through the equations of GPT-2 and GPT-NeoX in plain float64, held
 * against what transformers computed from the same files.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HostArray } from "../../array.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { plainForward, type Rows } from "../../../tests/plain_model.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { readConfig } from "../config/read_config.ts";
import { openWeights } from "./weights.ts";

const FOUND = "../shared/published/found-capp-gpt";
const MODELS = [
  ...["gpt2-hub-style", "gpt2-crfm-style", "pythia-style", "neox-sequential-style"].map((name) =>
    join("tests/fixtures/checkpoints", name)
  ),
  ...(existsSync(FOUND) ? [FOUND] : []),
];

/** Largest difference to the first row of a batch, relative to the largest value there. */
function error(found: Rows, wanted: HostArray): number {
  let worst = 0;
  let scale = 0;
  const width = found[0]!.length;
  found.forEach((row, t) =>
    row.forEach((value, i) => {
      const target = Number(wanted.data[t * width + i]!);
      worst = Math.max(worst, Math.abs(value - target));
      scale = Math.max(scale, Math.abs(target));
    })
  );
  return worst / scale;
}

for (const directory of MODELS) {
  Deno.test(`the weights of ${directory} give the outputs that transformers computed`, async () => {
    const config = await readConfig(directory);
    const reference = await readSafetensors(join(directory, "reference.safetensors"));
    await using checkpoint = await openCheckpoint(directory);
    const source = openWeights(checkpoint, config);
    const weights = new Map<string, Float32Array>();
    for (const name of source.names) weights.set(name, await source.read(name));
    const T = reference.input_ids!.shape[1]!;
    const ids = Array.from(reference.input_ids!.data.subarray(0, T), Number);
    const { residuals, hidden, logits } = plainForward(ids, config, weights);
    residuals.forEach((x, layer) => {
      assert.ok(error(x, reference[`resid_pre.${layer}`]!) < 1e-5, `resid_pre.${layer}`);
      assert.ok(error(hidden[layer]!, reference[`mlp_post.${layer}`]!) < 1e-5, `mlp_post.${layer}`);
    });
    const worst = error(logits, reference.logits!);
    assert.ok(worst < 1e-5, `logits differ by ${worst}`);
  });
}
