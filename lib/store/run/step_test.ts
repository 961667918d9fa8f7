import assert from "node:assert/strict";
import { join } from "node:path";
import { NeuriteError } from "../../errors.ts";
import { openRun } from "./run_folder.ts";
import { identityHash, readRecord } from "./run_record.ts";
import { isComplete } from "./step.ts";

const IDENTITY = { script: "test/step", options: { seed: 0 }, inputs: [] };
const HASH = identityHash(IDENTITY);

async function withRun(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    {
      await using run = await openRun(folder, IDENTITY);
      await run.writeText("a.txt", "one");
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function reason(folder: string, verify?: "quick" | "full", hash = HASH): Promise<string> {
  const found = await isComplete(folder, hash, verify ? { verify } : {});
  return found.complete ? "complete" : found.reason;
}

Deno.test("isComplete() says yes to a finished run and why not to others", async () => {
  await withRun(async (folder) => {
    assert.equal(await reason(folder), "complete");
    assert.equal(await reason(folder, "full"), "complete");
    assert.match(await reason(folder, "quick", "0".repeat(64)), /other options, inputs or version/);
    const path = join(folder, "a.txt");
    await Deno.writeTextFile(path, "ones");
    assert.equal(await reason(folder), "a.txt has 4 bytes, recorded were 3");
    await Deno.remove(path);
    assert.equal(await reason(folder), "a.txt is missing");
    await Deno.mkdir(path);
    assert.equal(await reason(folder), "a.txt is no file");
    await Deno.remove(join(folder, "run.json"));
    assert.equal(await reason(folder), "not finished before");
  });
});

Deno.test("isComplete() hashes a file whose time is not the recorded one, and all when full", async () => {
  await withRun(async (folder) => {
    const path = join(folder, "a.txt");
    const { mtime } = await Deno.stat(path);
    await Deno.utime(path, 1, 1);
    assert.equal(await reason(folder), "complete");
    await Deno.writeTextFile(path, "two");
    await Deno.utime(path, 1, 1);
    assert.equal(await reason(folder), "a.txt was changed (another sha256)");
    await Deno.utime(path, mtime!, mtime!);
    assert.equal(await reason(folder, "quick"), "complete");
    assert.equal(await reason(folder, "full"), "a.txt was changed (another sha256)");
  });
});

Deno.test("isComplete() takes a damaged run.json for unfinished, readRecord() names what is wrong", async () => {
  await withRun(async (folder) => {
    const path = join(folder, "run.json");
    const good = JSON.parse(await Deno.readTextFile(path));
    const outside = { ...good.outputs[0], path: "../../etc/passwd" };
    const bad: unknown[] = [
      null,
      [],
      "text",
      {},
      { ...good, schema: "neurite.run/99" },
      { ...good, identity: 3 },
      { ...good, script: undefined },
      { ...good, inputs: undefined },
      { ...good, inputs: [null] },
      { ...good, inputs: [{ name: "tokens", path: "/a", sha256: 3 }] },
      { ...good, options: null },
      { ...good, notes: [] },
      { ...good, outputs: {} },
      { ...good, outputs: [null] },
      { ...good, outputs: [outside] },
      { ...good, outputs: [{ ...good.outputs[0], bytes: -1 }] },
      { ...good, outputs: [{ ...good.outputs[0], sha256: "x" }] },
    ];
    for (const text of ["", "{", ...bad.map((value) => JSON.stringify(value))]) {
      await Deno.writeTextFile(path, text);
      assert.equal(await reason(folder), "run.json is damaged", text);
      const error = await readRecord(folder).catch((cause) => cause);
      assert.ok(error instanceof NeuriteError, text);
      assert.equal(error.code, "E-FILE-CORRUPT");
    }
  });
});
