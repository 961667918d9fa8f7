import assert from "node:assert/strict";
import { inFolder } from "../../../tests/folders.ts";
import { readRun } from "../../store/run/read_run.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { renderSvg } from "../render.ts";
import {
  bestFeatureFigures,
  bestFeatureNumbers,
  bestFeatureTable,
  readBestFeatures,
} from "./best_features.ts";
import type { NeuronTable } from "./neuron_tables.ts";

/** A table of 2 layers of 3 neurons; 0.1, 1.0 and 1.2 are universal. */
function tableOf(model: string): NeuronTable {
  return {
    model,
    source: model,
    layer: [0, 0, 0, 1, 1, 1],
    columns: {
      neuron: Float64Array.of(0, 1, 2, 0, 1, 2),
      "excess_corr": Float64Array.of(0.5, 0.6, 0.1, 0.9, 0.2, 0.7),
    },
  };
}

/** Explanations of 0.0, 0.1, 1.0 and 1.2; nothing could be judged of 1.2. */
async function writeExplain(folder: string, model: string): Promise<void> {
  const identity = { script: "universal_neurons/explain", options: {}, inputs: [] };
  await using run = await openRun(folder, identity);
  await run.writeTable("best_features", [
    { name: "layer", type: "int32", values: [0, 0, 1, 1] },
    { name: "neuron", type: "int32", values: [0, 1, 0, 2] },
    { name: "best_kind", type: "string", values: ["token", "prev_token", "sequence", null] },
    { name: "best_feature", type: "string", values: ["is_year", "is_day", "is_stop", null] },
    { name: "best_family", type: "string", values: ["numeric", "words", "stop word", null] },
    { name: "best_variance_reduction", type: "float64", values: [0.9, 0.02, 0.4, NaN] },
  ]);
  await run.writeSummary({ model });
  await run.finish({ argv: [], options: {}, seeds: {} });
}

Deno.test("readBestFeatures() takes universal neurons alone, largest reduction first", () =>
  inFolder(async (folder) => {
    await writeExplain(folder, "stanford-crfm/stanford-gpt2-medium-a");
    const tables = [tableOf("stanford-gpt2-medium-a"), tableOf("other")];
    const { models, leftOut } = await readBestFeatures(tables, [await readRun(folder)], 0.5);
    assert.equal(models.length, 1);
    assert.deepEqual(bestFeatureTable(models).rows, [
      ["stanford-gpt2-medium-a", "1.0", "is_stop", "sequence", "stop word", 0.4],
      ["stanford-gpt2-medium-a", "0.1", "prev_is_day", "prev_token", "words", 0.02],
    ]);
    assert.match(leftOut.join(), /other: no run of it in --explain; deno task un:explain makes it/);
    const [below] = bestFeatureNumbers(models);
    assert.deepEqual([below!.value, below!.paper, below!.note], [1, 283, "of 2 explained"]);
    const [figure] = bestFeatureFigures(models);
    assert.match(await renderSvg(figure!.spec), />sequence: stop word<\/text>/);
    assert.deepEqual(bestFeatureFigures([]), []);
    assert.deepEqual((await readBestFeatures(tables, [], 0.5)).leftOut, []);
  }));
