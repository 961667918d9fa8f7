import assert from "node:assert/strict";
import { inFolder } from "../../../tests/folders.ts";
import { openReference } from "../../device/reference/mod.ts";
import { foldWeights } from "../../model/folding.ts";
import { loadModel } from "../../model/model.ts";
import { readRun } from "../../store/run/read_run.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { weightStatistics } from "../weights/statistics.ts";
import { NeuronTable } from "../weights/neuron_table.ts";
import { openTraits, traitsOfRun, weightTraits, withKurtosis } from "./weight_traits.ts";

const MODEL = "tests/fixtures/checkpoints/gpt2-hub-style";

Deno.test("weightTraits() are the columns of un:weights in the last two layers", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const { config } = model;
  const folded = foldWeights(model.weights);
  const table = new NeuronTable(config);
  for await (const layer of weightStatistics(device, folded, config)) table.add(layer);
  const { l2_penalty: l2, vocab_var: variance, vocab_kurt: kurt } = table.columns;
  const traits = await weightTraits(device, folded, config);
  assert.equal(traits.length, Math.min(2, config.nLayer) * config.dMlp);
  for (const one of traits) {
    const i = one.layer * config.dMlp + one.neuron;
    assert.ok(Math.abs(one.l2 - l2[i]!) <= 1e-6 * l2[i]!);
    assert.ok(Math.abs(one.vocabVar - variance[i]!) <= 1e-6 * variance[i]!);
    assert.ok(Math.abs(one.vocabKurt - kurt[i]!) <= 1e-5 * kurt[i]!);
  }
});

/** A finished run whose table has neurons of three layers. */
async function withRun(
  body: (folder: string) => Promise<void>,
  { script = "universal_neurons/weights", columns = ["l2_penalty", "vocab_var", "vocab_kurt"] } =
    {},
): Promise<void> {
  await inFolder(async (folder) => {
    await using run = await openRun(folder, { script, options: {}, inputs: [] });
    await run.writeTable("neurons", [
      { name: "layer", type: "int32", values: [0, 1, 2] },
      { name: "neuron", type: "int32", values: [0, 7, 8] },
      ...columns.map((name, i) => ({
        name,
        type: "float32" as const,
        values: [i + 0.5, i + 1.5, i + 2.5],
      })),
    ]);
    await run.finish({ argv: [], options: {}, seeds: {} });
    await body(folder);
  });
}

Deno.test("traitsOfRun() reads the last two layers of a finished run", () =>
  withRun(async (folder) => {
    await using device = openReference();
    await using model = await loadModel(MODEL, device);
    const run = await openTraits(folder, "weights", []);
    assert.deepEqual(await traitsOfRun(run, { ...model.config, nLayer: 3 }), [
      { layer: 1, neuron: 7, l2: 1.5, vocabVar: 2.5, vocabKurt: 3.5 },
      { layer: 2, neuron: 8, l2: 2.5, vocabVar: 3.5, vocabKurt: 4.5 },
    ]);
  }));

Deno.test("withKurtosis() adds the column of a summary run by neuron", () =>
  withRun(async (folder) => {
    const traits = { layer: 2, neuron: 8, l2: 1, vocabVar: 1, vocabKurt: 3 };
    assert.deepEqual(await withKurtosis([traits], await readRun(folder)), [
      { ...traits, kurt: 2.5 },
    ]);
  }, { script: "universal_neurons/summary", columns: ["kurt"] }));

Deno.test("openTraits() refuses another script's run, another model's, and a table without the columns", async () => {
  await withRun(async (folder) => {
    await assert.rejects(openTraits(folder, "summary", []), { code: "E-FILE-MISSING" });
    const other = [{ name: "model/config.json", path: "x", bytes: 1, sha256: "00" }];
    await assert.rejects(openTraits(folder, "weights", other), {
      code: "E-USAGE",
      message: /a run of another model/,
    });
  });
  await withRun(async (folder) => {
    await using device = openReference();
    await using model = await loadModel(MODEL, device);
    await assert.rejects(traitsOfRun(await readRun(folder), model.config), {
      code: "E-FILE-CORRUPT",
      message: /expected one named l2_penalty/,
    });
  }, { columns: ["vocab_var"] });
});
