import assert from "node:assert/strict";
import { join } from "node:path";
import { readNeuronCsv } from "./csv_rows.ts";
import { neuronName } from "./columns.ts";

async function read(text: string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "x.csv"), text);
    return await readNeuronCsv(join(folder, "x.csv"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readNeuronCsv() reads old names, an index without name, and the older excess", async () => {
  const table = await read(
    ",layer,neuron,min_corr,excess_corr,input_weight_norm,weight_norm_penalty\n" +
      "39,0,39,0.864,0.7197,0.5,0.25\n3111,1,39,0.5,,1e-05,inf\n",
  );
  assert.deepEqual([...table.layer, ...table.neuron], [0, 1, 39, 39]);
  assert.deepEqual([...table.columns.w_in_norm!], [0.5, 1e-5]);
  assert.deepEqual([...table.columns.l2_penalty!], [0.25, Infinity]);
  assert.equal(table.columns.excess_corr, undefined);
  assert.deepEqual([...table.oldExcess!], [0.7197, NaN]);
  assert.deepEqual(table.texts[""], ["39", "3111"]);
});

Deno.test("readNeuronCsv() keeps repeated neurons and columns of text", async () => {
  const table = await read(
    "layer,neuron,feature,is_surpress\n20,13,all_caps,False\n20,13,x,True\n",
  );
  assert.deepEqual(table.texts["feature"], ["all_caps", "x"]);
  assert.deepEqual(table.texts["is_surpress"], ["False", "True"]);
  assert.equal(neuronName(table, 1), "20.13");
});

Deno.test("readNeuronCsv() takes 1.10 for neuron 10 of layer 1", async () => {
  const table = await read(",contains_period\n1.1,0.5\n1.10,0.25\n");
  assert.deepEqual([...table.neuron], [1, 10]);
  assert.deepEqual([neuronName(table, 0), neuronName(table, 1)], ["1.1", "1.10"]);
});

Deno.test("readNeuronCsv() refuses rows that name no neuron and numbers that are none", async () => {
  const texts = [
    "layer,neuron\n0,-1\n",
    "layer,neuron\n0,1.5\n",
    "layer,neuron\n0,99999999999\n",
    "layer,neuron,kurt\n0,1,many\n",
    "layer,neuron,kurt\n0,1, \n",
    "name,kurt\nhead,1\n",
  ];
  for (const text of texts) await assert.rejects(read(text), { code: "E-FILE-CORRUPT" }, text);
});
