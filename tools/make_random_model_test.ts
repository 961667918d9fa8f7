import assert from "node:assert/strict";
import { elementCount } from "../lib/array.ts";
import {
  GPT2_SMALL,
  gpt2Tensors,
  makeRandomModel,
  normalFiller,
  safetensorsHeader,
} from "./make_random_model.ts";

const TINY = { layers: 2, width: 6, heads: 2, vocabulary: 11, positions: 5 };

Deno.test("gpt2Tensors() has the published number of parameters when GPT-2 small is asked", () => {
  const counts = [...gpt2Tensors(GPT2_SMALL).values()].map(elementCount);
  assert.equal(counts.reduce((sum, count) => sum + count), 124_439_808);
});

Deno.test("safetensorsHeader() covers the buffer without holes when tensors follow each other", () => {
  const bytes = safetensorsHeader(gpt2Tensors(TINY));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.equal(bytes.length, 8 + length);
  const { __metadata__: metadata, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8)),
  );
  assert.deepEqual(metadata, { format: "pt" });
  let end = 0;
  for (
    const { shape, data_offsets: [from, to] } of Object.values<
      { shape: number[]; data_offsets: [number, number] }
    >(entries)
  ) {
    assert.equal(from, end);
    assert.equal(to - from, 4 * elementCount(shape));
    end = to;
  }
});

Deno.test("normalFiller() has the asked mean and deviation when many values are drawn", () => {
  const values = new Float32Array(200_001);
  normalFiller(0)(values, 1);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean - 1) < 4 * 0.02 / Math.sqrt(values.length), `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) / 0.02 - 1) < 0.01, `deviation ${Math.sqrt(variance)}`);
});

Deno.test("makeRandomModel() writes the same bytes when the seed is the same", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const write = async (name: string, seed: number) => {
      await makeRandomModel(`${directory}/${name}`, TINY, seed);
      return await Deno.readFile(`${directory}/${name}/model.safetensors`);
    };
    const [first, again, other] = [await write("a", 7), await write("b", 7), await write("c", 8)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    const tensors = gpt2Tensors(TINY);
    const count = [...tensors.values()].map(elementCount).reduce((sum, next) => sum + next);
    assert.equal(first.length, safetensorsHeader(tensors).length + 4 * count);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
