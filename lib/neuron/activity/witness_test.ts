import assert from "node:assert/strict";
import { writeSmallGpt2 } from "../../../tests/random_gpt2.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel } from "../../model/model.ts";
import { witnessExamples } from "./witness.ts";

const SHAPE = { layers: 2, heads: 2, width: 8, vocabulary: 11, positions: 6 };
/** L·F, two examples each. */
const [NEURONS, F, K] = [64, 32, 2];

Deno.test("witnessExamples() finds the example that is wrong, and takes none for one that is no example", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeSmallGpt2(folder, { ...SHAPE, seed: 3, scalesByLayer: false });
    const tokens = { data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
    const offsets = new Int32Array(NEURONS * K).fill(-1);
    const values = new Float32Array(NEURONS * K).fill(NaN);
    const asked = { count: 20, seed: 1 };
    const see = () => witnessExamples(folder, { values, offsets, tokens }, asked);
    assert.deepEqual(await see(), { count: 0, largest: 0, worst: null });
    // As a list that began at 0 ends where nothing was above it.
    offsets[7] = values[7] = 0;
    assert.deepEqual(await see(), { count: 0, largest: 0, worst: null });

    await using device = openReference();
    await using model = await loadModel(folder, device);
    const read = ["blocks.1.mlp.hook_post"];
    const { [read[0]!]: post } = await runWithHooks(model, tokens, { read });
    for (const offset of [0, 4]) {
      const place = (F + 5) * K + Number(offset > 0);
      offsets[place] = offset;
      values[place] = Number(post!.data[offset * F + 5]);
    }
    const right = await see();
    assert.equal(right.count, 20);
    assert.ok(right.largest < 1e-7, `${right.largest}`);
    const wrong = (F + 5) * K + 1;
    values[wrong]! += 0.5;
    assert.equal((await see()).worst?.index, wrong);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
