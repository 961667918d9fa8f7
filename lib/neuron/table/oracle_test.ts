import assert from "node:assert/strict";
import type { JoinedTable } from "./columns.ts";
import { COLUMN_ARRAYS, type NeuronNumber, publishedNeurons } from "../weights/published.ts";
import { checkTable, judgeTable, printedCounts } from "./oracle.ts";

const MODEL = "stanford-gpt2-small-a";

const PRINTED = Object.entries(publishedNeurons(MODEL));

/** The neurons of the model that were printed, as they were. */
function table(changes: JoinedTable["columns"] = {}): JoinedTable {
  const columns = Object.keys(COLUMN_ARRAYS).map((name) => [
    name,
    Float64Array.from(PRINTED, ([, numbers]) => numbers[name as NeuronNumber] ?? NaN),
  ]);
  const places = (part: number) =>
    Int32Array.from(PRINTED, ([name]) => Number(name.split(".")[part]));
  return {
    model: MODEL,
    layers: 12,
    absent: [],
    layer: places(0),
    neuron: places(1),
    columns: { ...Object.fromEntries(columns), ...changes },
  };
}

Deno.test("printedCounts() by layer add up to the universal neurons of each model", () => {
  for (const model of [MODEL, "stanford-gpt2-medium-a", "pythia-160m"]) {
    const printed = printedCounts(model);
    const byLayer = printed["universal_by_layer"] as number[];
    assert.equal(byLayer.reduce((a, b) => a + b), printed["universal_neurons"], model);
    const neurons = model === "stanford-gpt2-medium-a" ? 98_304 : 36_864;
    const share = Number(printed["universal_neurons"]) / neurons;
    assert.ok(Math.abs(share - Number(printed["universal_share"])) < 1e-15, model);
  }
  assert.deepEqual(printedCounts("constructor"), {});
  assert.deepEqual(printedCounts(undefined), {});
});

Deno.test("judgeTable() judges counts within a tenth and weights to their digits", () => {
  const passes = judgeTable(table(), { "universal_neurons": 1600, "universal_share": 0.0434 });
  assert.equal(passes.length, 2 + 5 + 6 + 8);
  assert.deepEqual(passes.filter(({ verdict }) => verdict === "fail"), []);
  assert.equal(checkTable(MODEL, passes), undefined);

  const few = judgeTable(table(), { "universal_neurons": 1379 });
  assert.match(checkTable(MODEL, few)!.message, /universal neurons.*1379, expected 1533 within/);
  const off = judgeTable(
    table({ "vocab_kurt": Float64Array.of(3.6908, 110.129555, 3.267792) }),
    {},
  );
  const failure = checkTable(MODEL, off)!;
  assert.deepEqual([failure.code, failure.exitCode], ["E-CHECK", 3]);
  assert.match(failure.message, /0\.7 vocab_kurt/);
});

Deno.test("checkTable() refuses a model nothing was printed of", () => {
  assert.equal(checkTable("tiny-gpt2-a", [])!.exitCode, 2);
});
