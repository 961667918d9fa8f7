import assert from "node:assert/strict";
import type { HostArray } from "../../array.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { NeuronTable } from "./neuron_table.ts";
import { COLUMN_ARRAYS } from "./published.ts";

const [L, F, H] = [2, 3, 2];
const config = { nLayer: L, dMlp: F, nHead: H } as ModelConfig;

/** Every number of neuron i of a layer is 10·layer + i, but for what is given. */
function layerOf(layer: number, given: Record<string, number[]> = {}) {
  const vector = (values: number[]): HostArray => ({ data: Float32Array.from(values), shape: [F] });
  const arrays: Record<string, HostArray> = {};
  for (const name of Object.values(COLUMN_ARRAYS)) {
    arrays[name] = vector(given[name] ?? [0, 1, 2].map((i) => 10 * layer + i));
  }
  for (const end of ["top", "bottom"]) {
    const ids = Int32Array.from({ length: F * 9 }, (_, i) => 100 * layer + i);
    arrays[`U_out_${end}_ix`] = { data: ids, shape: [F, 9] };
  }
  for (const name of ["comp_v", "comp_o", "comp_query_side", "comp_key_side"]) {
    const data = Float32Array.from({ length: F * L * H }, (_, i) => i % (L * H) + layer);
    arrays[name] = { data, shape: [F, L * H] };
  }
  return { layer, arrays };
}

Deno.test("NeuronTable puts layers under each other and adds what follows from them", () => {
  const table = new NeuronTable(config);
  table.add(layerOf(0));
  table.add(layerOf(1));
  assert.deepEqual([...table.columns.l2_penalty], [0, 2, 8, 200, 242, 288]);
  const columns = table.tableColumns();
  assert.deepEqual([...columns[0]!.values], [0, 0, 0, 1, 1, 1]);
  assert.deepEqual([...columns[1]!.values], [0, 1, 2, 0, 1, 2]);
  assert.equal(table.numbersOf("1.2")?.vocab_skew, 12);
  assert.equal(table.numbersOf("2.0"), undefined);
  assert.equal(table.numbersOf("0.3"), undefined);
  assert.deepEqual([...table.compositions().comp_o.data], [0, 1, 2, 3, 1, 2, 3, 4]);
});

Deno.test("NeuronTable ranks neurons by kurtosis and leaves out those that have none", () => {
  const table = new NeuronTable(config);
  table.add(layerOf(0, { "U_out_kurt": [3, NaN, 30], "w_out_norm": [1, 0, 1] }));
  table.add(layerOf(1, { "U_out_kurt": [30, 2, 11] }));
  const standing = table.standing(3);
  assert.deepEqual(standing.map(({ name }) => name), ["0.2", "1.0", "1.2"]);
  assert.deepEqual(standing[1]!.top, [100, 101, 102, 103, 104, 105, 106, 107]);
  const summary = table.summary();
  assert.equal(summary.vocab_kurt_above_10, 3);
  // Its input weights are 0 in 0.0 and its output weights in 0.1.
  assert.equal(summary.neurons_without_weights, 2);
  assert.deepEqual(summary.vocab_kurt, {
    mean: 15.2,
    sd: Math.sqrt((12.2 ** 2 + 14.8 ** 2 * 2 + 13.2 ** 2 + 4.2 ** 2) / 5),
    min: 2,
    median: 11,
    max: 30,
  });
});
