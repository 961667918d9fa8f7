import assert from "node:assert/strict";
import { cleanTemps } from "./atomic.ts";
import { openScratch } from "./scratch_file.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("openScratch() gives a file to append to and read from, gone when it is disposed", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using scratch = await openScratch(`${folder}/rows`);
    await scratch.append(Uint8Array.of(1, 2, 3));
    const bytes = new Uint8Array(2);
    await scratch.readInto(bytes, 1);
    assert.deepEqual([...bytes], [2, 3]);
    await scratch.append(Uint8Array.of(4));
    await scratch.readInto(bytes, 2);
    assert.deepEqual([...bytes], [3, 4]);
    assert.equal(scratch.bytes, 4);
    await assert.rejects(scratch.readInto(bytes, 3), /4 bytes, expected 5$/);
    await scratch.clear();
    await scratch.append(Uint8Array.of(9));
    assert.deepEqual([scratch.bytes, (await Deno.readFile(scratch.path)).length], [1, 1]);
    assert.deepEqual(await cleanTemps(folder), [], "a file in use was cleaned");
  }
  assert.deepEqual(await names(folder), []);
  await Deno.remove(folder);
});

Deno.test("cleanTemps() removes the scratch file of a killed process", async () => {
  const folder = await Deno.makeTempDir();
  const scratch = await openScratch(`${folder}/rows`);
  const { path } = scratch;
  await scratch[Symbol.asyncDispose]();
  await Deno.writeTextFile(path, "left behind");
  assert.deepEqual(await cleanTemps(folder), [path]);
  await Deno.remove(folder);
});

Deno.test("openScratch() says where there is no folder", async () => {
  await assert.rejects(openScratch("no/such/folder/rows"), { code: "E-FILE-MISSING" });
});
