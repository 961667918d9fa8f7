import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { openCheckpoint } from "../../model/checkpoint/checkpoint.ts";
import { openWeights } from "../../model/checkpoint/weights.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { foldWeights } from "../../model/folding.ts";
import { type ColumnSource, headColumns, neuronColumns, vocabularyColumns } from "./columns.ts";
import { DeviceColumns } from "./device_columns.ts";

const DIRECTORY = "tests/fixtures/checkpoints/gpt2-crfm-style";

/** Sources with tiles that fit neither the vocabulary nor a layer. */
async function sources() {
  const config = await readConfig(DIRECTORY);
  await using checkpoint = await openCheckpoint(DIRECTORY);
  const weights = openWeights(checkpoint, config);
  const read = new Map<string, Float32Array>();
  for (const name of weights.names) read.set(name, await weights.read(name));
  const folded = foldWeights({
    names: weights.names,
    isTied: weights.isTied,
    shape: (name) => weights.shape(name),
    read: (name) => Promise.resolve(read.get(name)!.slice()),
  });
  return [
    vocabularyColumns(folded, "unembed.W_U", 200),
    neuronColumns(folded, "in", { config, tile: 100 }),
    neuronColumns(folded, "out", { config, tile: 1 << 20 }),
    headColumns(folded, "comp_v", config),
  ];
}

async function walk(source: ColumnSource, from: number) {
  const tiles = await Array.fromAsync(source.tiles(from));
  return tiles.map(({ first, rows }) => ({ first, values: [...rows.data] }));
}

Deno.test("columns come in rising order and all of them when a source is walked", async () => {
  for (const source of await sources()) {
    const tiles = await walk(source, 0);
    assert.equal(tiles.length, source.tileCount, source.label);
    let next = 0;
    for (const { first, values } of tiles) {
      assert.equal(first, next, source.label);
      next += values.length / source.width;
    }
    assert.equal(next, source.count, source.label);
  }
});

Deno.test("columns are the same from any tile on", async () => {
  for (const source of await sources()) {
    const whole = await walk(source, 0);
    for (let from = 0; from <= source.tileCount; from++) {
      assert.deepEqual(await walk(source, from), whole.slice(from), `${source.label} ${from}`);
    }
  }
});

Deno.test("DeviceColumns gives the same tiles whatever part of them it may hold", async () => {
  await using device = openReference();
  for (const source of await sources()) {
    const tile = 4 * source.width * Math.ceil(source.count / source.tileCount);
    const seen: unknown[] = [];
    for (const budget of [0, 1.5 * tile, Infinity]) {
      using columns = await DeviceColumns.open(device, source, { budget });
      assert.ok(columns.heldBytes <= budget);
      if (budget === Infinity) assert.equal(columns.heldBytes, 4 * source.width * source.count);
      for (let walks = 0; walks < 2; walks++) {
        const tiles: unknown[] = [];
        for await (const { first, tensor } of columns.tiles()) {
          const [array] = await device.read([tensor]);
          tiles.push([first, [...array!.data]]);
        }
        seen.push([tiles, [...columns.sum]]);
      }
    }
    for (const other of seen) assert.deepEqual(other, seen[0], source.label);
  }
});
