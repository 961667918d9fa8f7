import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import {
  createPlaced,
  placedBytes,
  type PlacedLayout,
  reopenPlaced,
} from "./placed_safetensors.ts";
import { encodeSafetensors, readSafetensors } from "./safetensors.ts";

const LAYOUT: PlacedLayout = {
  arrays: {
    rank: { type: "I32", shape: [2, 3] },
    activations: { type: "F32", shape: [4, 6] },
    labels: { type: "U8", shape: [3] },
  },
  metadata: { made: "by hand" },
};

const bytesOf = (data: Float32Array | Int32Array | Uint8Array) => new Uint8Array(data.buffer);

Deno.test("createPlaced() gives the bytes of encodeSafetensors() whatever the order of writes", () =>
  inFolder(async (folder) => {
    const values = {
      rank: Int32Array.from({ length: 6 }, (_, i) => 7 * i),
      activations: Float32Array.from({ length: 24 }, (_, i) => i / 3),
      labels: Uint8Array.of(1, 2, 3),
    };
    const arrays = Object.fromEntries(
      Object.entries(values).map(([name, data]) => [
        name,
        { data, shape: LAYOUT.arrays[name]!.shape },
      ]),
    );
    const pieces = [...encodeSafetensors(arrays, LAYOUT.metadata)];
    const expected = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    const places = Object.entries(values).flatMap(([name, { length }]) =>
      Array.from({ length }, (_, i) => [name, i] as const)
    );
    const property = fc.asyncProperty(
      fc.shuffledSubarray(places, { minLength: places.length }),
      async (order) => {
        const path = join(folder, "x.part");
        {
          await using file = await createPlaced(path, LAYOUT);
          for (const [name, i] of order) {
            const one = values[name as keyof typeof values].slice(i, i + 1);
            await file.write(name, i, bytesOf(one));
          }
        }
        assert.deepEqual(await Deno.readFile(path), expected);
      },
    );
    await fc.assert(property, { numRuns: 10 });
    assert.equal(placedBytes(LAYOUT), expected.length);
  }));

Deno.test("reopenPlaced() goes on with the file of its layout and no other", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.part");
    assert.equal(await reopenPlaced(path, LAYOUT), undefined);
    {
      await using file = await createPlaced(path, LAYOUT);
      await file.write("rank", 5, bytesOf(Int32Array.of(9)));
      await file.sync();
    }
    {
      await using file = await reopenPlaced(path, LAYOUT);
      await file!.write("rank", 0, bytesOf(Int32Array.of(4)));
    }
    assert.deepEqual([...(await readSafetensors(path)).rank!.data], [4, 0, 0, 0, 0, 9]);
    const other = { ...LAYOUT, metadata: { made: "by hans" } };
    assert.equal(await reopenPlaced(path, other), undefined);
    await Deno.truncate(path, placedBytes(LAYOUT) - 1);
    assert.equal(await reopenPlaced(path, LAYOUT), undefined);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assert.equal(await reopenPlaced(path, LAYOUT), undefined);
  }));

Deno.test({
  name: "createPlaced() replaces a link and leaves what it points to",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [path, target] = [join(folder, "x.part"), join(folder, "target")];
      await Deno.writeTextFile(target, "kept");
      await Deno.symlink(target, path);
      assert.equal(await reopenPlaced(path, LAYOUT), undefined);
      await using _file = await createPlaced(path, LAYOUT);
      assert.equal(await Deno.readTextFile(target), "kept");
    }),
});

Deno.test("PlacedSafetensors.write() refuses what lies outside an array", () =>
  inFolder(async (folder) => {
    await using file = await createPlaced(join(folder, "x.part"), LAYOUT);
    const two = bytesOf(Int32Array.of(1, 2));
    for (const index of [-1, 5, 1e15, NaN]) {
      await assert.rejects(file.write("rank", index, two), RangeError);
    }
    await assert.rejects(file.write("ranks", 0, two), /Cannot write "ranks": no array/);
  }));

Deno.test("createPlaced() reports a folder that is a file in the suite's words", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(createPlaced(join(folder, "file", "x.part"), LAYOUT), {
      name: "NeuriteError",
    });
  }));
