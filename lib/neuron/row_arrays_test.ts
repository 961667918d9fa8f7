import assert from "node:assert/strict";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { streamSafetensors } from "../store/format/safetensors_stream.ts";
import { openRowArrays } from "./row_arrays.ts";

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), [], "nothing may be left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("RowArrays gives the bytes of whole arrays when rows came in parts", () =>
  inFolder(async (folder) => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 3);
    const places = Int32Array.of(5, -1, 7);
    await using arrays = await openRowArrays(folder);
    for (const [from, to] of [[0, 1], [1, 3]] as const) {
      await arrays.append({
        values: { data: values.subarray(4 * from, 4 * to), shape: [to - from, 2, 2] },
        places: { data: places.subarray(from, to), shape: [to - from] },
      });
    }
    assert.deepEqual(await arrays.read("values"), { data: values, shape: [3, 2, 2] });
    assert.deepEqual(await arrays.read("places"), { data: places, shape: [3] });
    const streamed: number[] = [];
    for await (const chunk of streamSafetensors(arrays.streams())) streamed.push(...chunk);
    const whole = encodeSafetensors({
      values: { data: values, shape: [3, 2, 2] },
      places: { data: places, shape: [3] },
    });
    assert.deepEqual(streamed, [...whole].flatMap((chunk) => [...chunk]));
  }));

Deno.test("RowArrays refuses rows of another kind than those that are there", () =>
  inFolder(async (folder) => {
    await using arrays = await openRowArrays(folder);
    await arrays.append({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
    const wrong = { data: Float32Array.of(1, 2, 3), shape: [1, 3] };
    await assert.rejects(arrays.append({ x: wrong }), /rows of \[3\], expected F32 rows of \[2\]/);
    await assert.rejects(arrays.append({ x: { data: Int32Array.of(1, 2), shape: [1, 2] } }));
    await assert.rejects(arrays.read("y"), /no rows of it/);
  }));
