import assert from "node:assert/strict";
import type { ReadTable } from "../../store/format/read_table.ts";
import { neuronFeatures } from "./features.ts";

const table: ReadTable = {
  rows: 4,
  metadata: {},
  columns: {
    layer: Int32Array.of(1, 0, 1, 0),
    neuron: Int32Array.of(2, 0, 1, 1),
    "best_kind": ["token", "prev_token", "token", null],
    "best_feature": ["is_year", "is_year", "is_year", null],
    "best_variance_reduction": Float64Array.of(0.51234, 0.2, 0.1, NaN),
  },
};

Deno.test("neuronFeatures() puts each neuron's feature at its place and names its kind", () => {
  const model = { layers: 2, width: 3, path: "run" };
  const { names, column, numbers } = neuronFeatures(table, model);
  assert.deepEqual(names, ["is_year", "is_year (prev_token)"]);
  assert.deepEqual(column?.values, [1, null, null, null, 0, 0]);
  assert.deepEqual([column?.info.min, column?.info.max], [0, 1]);
  assert.deepEqual(numbers["variance_reduction"], [0.2, NaN, null, null, 0.1, 0.51234]);
});

Deno.test("neuronFeatures() refuses a neuron that the model has not", () => {
  const small = { layers: 2, width: 2, path: "run" };
  assert.throws(() => neuronFeatures(table, small), { code: "E-USAGE", message: /neuron 1\.2/ });
});
