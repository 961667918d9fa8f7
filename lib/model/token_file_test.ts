import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../array.ts";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { readTokenRows } from "./token_file.ts";

async function withFile(
  arrays: Record<string, HostArray>,
  check: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "tokens.safetensors");
    await writeAtomic(path, encodeSafetensors(arrays));
    await check(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readTokenRows() reads int32 and int64 rows alike", async () => {
  const data = Int32Array.of(5, 0, 50256, 7, 8, 2147483647);
  const arrays = {
    narrow: { data, shape: [2, 3] },
    wide: { data: BigInt64Array.from(data, BigInt), shape: [2, 3] },
  };
  await withFile(arrays, async (path) => {
    for (const name of ["narrow", "wide"]) {
      assert.deepEqual(await readTokenRows(path, name), { data, shape: [2, 3] });
    }
    assert.deepEqual(await readTokenRows(path, "absent", "wide"), { data, shape: [2, 3] });
    await assert.rejects(readTokenRows(path, "absent", "gone"), /the name absent or gone$/);
  });
});

Deno.test("readTokenRows() refuses arrays that are no rows of whole numbers", async () => {
  const arrays = {
    flat: { data: Int32Array.of(1, 2), shape: [2] },
    deep: { data: Int32Array.of(1, 2), shape: [1, 1, 2] },
    floats: { data: Float32Array.of(1, 2), shape: [1, 2] },
    bytes: { data: Uint8Array.of(1, 2), shape: [1, 2] },
  };
  await withFile(arrays, async (path) => {
    const refused = (name: string, is: RegExp) =>
      assert.rejects(readTokenRows(path, name), (error: Error & { code?: string }) => {
        assert.equal(error.code, "E-TOKENS");
        assert.ok(error.message.startsWith(`Cannot read ${name} of "${path}": `), error.message);
        assert.match(error.message, is);
        return true;
      });
    await refused("flat", /Int32Array \[2\], expected int32 \[B, T\] under the name flat$/);
    await refused("deep", /Int32Array \[1, 1, 2\]/);
    await refused("floats", /Float32Array \[1, 2\]/);
    await refused("bytes", /Uint8Array \[1, 2\]/);
    await refused("input_ids", /arrays .*flat.*, expected/);
    await refused("constructor", /expected int32/);
  });
});

Deno.test("readTokenRows() refuses int64 ids that would wrap into possible ones", async () => {
  for (const id of [2n ** 32n + 5n, -(2n ** 32n) + 5n, 2n ** 31n]) {
    const ids = { data: BigInt64Array.of(3n, id), shape: [1, 2] };
    await withFile({ ids }, async (path) => {
      await assert.rejects(readTokenRows(path, "ids"), {
        code: "E-TOKENS",
        message: `Cannot read ids of "${path}": id ${id} at element 1, expected ids below 2³¹`,
      });
    });
  }
});
