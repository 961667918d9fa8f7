import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { fileError, openRangeFile, readSmallFile } from "./range_file.ts";

Deno.test("RangeFile.readInto() reads each range right when many are asked at once", () =>
  inFolder(async (folder) => {
    const path = join(folder, "bytes");
    await Deno.writeFile(path, Uint8Array.from({ length: 256 }, (_, i) => i));
    await using file = await openRangeFile(path);
    const starts = Array.from({ length: 60 }, (_, i) => (i * 37) % 250);
    const found = await Promise.all(starts.map(async (start) => {
      const bytes = new Uint8Array(4);
      await file.readInto(bytes, start);
      return [...bytes];
    }));
    assert.deepEqual(found, starts.map((start) => [0, 1, 2, 3].map((step) => start + step)));
  }));

Deno.test("RangeFile.readInto() says where the file ends, and works on after that", () =>
  inFolder(async (folder) => {
    const path = join(folder, "short");
    await Deno.writeTextFile(path, "abcd");
    await using file = await openRangeFile(path);
    await assert.rejects(file.readInto(new Uint8Array(4), 2), {
      code: "E-FILE-CORRUPT",
      message: `Cannot read "${path}": ends at byte 4, expected at least 6 bytes`,
    });
    const bytes = new Uint8Array(2);
    await file.readInto(bytes, 2);
    assert.deepEqual([...bytes], [99, 100]);
    await file.close();
  }));

Deno.test("openRangeFile() refuses what is no file", () =>
  inFolder(async (folder) => {
    await assert.rejects(openRangeFile(folder), { code: "E-FILE-MISSING", message: /a folder/ });
    await assert.rejects(openRangeFile(join(folder, "none")), { code: "E-FILE-MISSING" });
    await assert.rejects(openRangeFile("/dev/null"), {
      code: "E-FILE-MISSING",
      message: /a pipe or device/,
    });
  }));

Deno.test({
  name: "openRangeFile() names the flag when Deno refuses",
  permissions: { read: false },
  fn: () => assert.rejects(openRangeFile("any-file"), { code: "E-FILE-PERMISSION" }),
});

Deno.test("fileError() tells permission from other failures", () => {
  const denied = Object.assign(new Deno.errors.PermissionDenied("denied"), { code: "EACCES" });
  assert.equal(fileError("/x", denied).code, "E-FILE-PERMISSION");
  assert.equal(fileError("/x", new Error("input/output error")).code, "E-FILE-CORRUPT");
});

Deno.test("readSmallFile() refuses a large one before reading it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "large");
    await Deno.writeTextFile(path, "12345");
    assert.equal((await readSmallFile(path, 5)).length, 5);
    await assert.rejects(readSmallFile(path, 4), { message: /5 bytes, expected at most 4 bytes/ });
  }));
