import assert from "node:assert/strict";
import { inFolder } from "../../tests/folders.ts";
import { readRun } from "../store/run/read_run.ts";
import { openRun } from "../store/run/run_folder.ts";
import { modelFingerprint, neuronColumns } from "./source_columns.ts";
import { summarySource } from "./table/summary_source.ts";

const file = (name: string, sha256: string) => ({ name, path: "x", bytes: 1, sha256 });

Deno.test("modelFingerprint() tells models apart by their files alone, in any order", () => {
  const [config, weights] = [
    file("model/config.json", "aa"),
    file("model/model.safetensors", "bb"),
  ];
  const whole = modelFingerprint([config, weights]);
  assert.equal(modelFingerprint([weights, file("tokens", "cc"), config]), whole);
  assert.notEqual(modelFingerprint([config, file("model/model.safetensors", "bc")]), whole);
  assert.notEqual(modelFingerprint([config]), whole);
  assert.equal(modelFingerprint([file("tokens", "cc")]), undefined);
});

Deno.test("neuronColumns() names the column that a run's table lacks", () =>
  inFolder(async (folder) => {
    const script = "universal_neurons/summary";
    await using run = await openRun(folder, { script, options: {}, inputs: [] });
    await run.writeTable("neurons", [
      { name: "layer", type: "int32", values: [0] },
      { name: "mean", type: "float32", values: [0.5] },
    ]);
    await run.finish({ argv: [], options: {}, seeds: {} });
    const { mean } = await neuronColumns(await readRun(folder), ["layer", "mean"]);
    assert.deepEqual([...mean as Float32Array], [0.5]);
    await assert.rejects(summarySource(folder), {
      code: "E-FILE-CORRUPT",
      message: /neurons\.parquet.*columns layer, mean, expected one named var/s,
    });
  }));
