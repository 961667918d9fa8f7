import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { findRuns } from "./find_runs.ts";
import { openRun } from "./run_folder.ts";

async function finished(folder: string): Promise<void> {
  await using run = await openRun(folder, { script: "made", options: {}, inputs: [] });
  await run.finish({ argv: [], options: {}, seeds: {} });
}

Deno.test("findRuns() finds finished runs by name when they lie in one another", () =>
  inFolder(async (folder) => {
    for (const name of ["b", "a", "a/c/d"]) await finished(join(folder, name));
    await Deno.mkdir(join(folder, "unfinished"));
    const { runs, damaged } = await findRuns(folder);
    assert.deepEqual(runs.map(({ name }) => name), ["a", "a/c/d", "b"]);
    assert.deepEqual(damaged, []);
    assert.deepEqual((await findRuns(join(folder, "a"))).runs.map(({ name }) => name), [
      ".",
      "c/d",
    ]);
  }));

Deno.test("findRuns() leaves out links, hidden folders, and parts of a run", () =>
  inFolder(async (folder) => {
    for (const name of [".hidden/run", "a/figures", "a/tables/x", "real"]) {
      await finished(join(folder, name));
    }
    await Deno.symlink(join(folder, "real"), join(folder, "link"));
    assert.deepEqual((await findRuns(folder)).runs.map(({ name }) => name), ["real"]);
  }));

Deno.test("findRuns() stops six folders deep", () =>
  inFolder(async (folder) => {
    await finished(join(folder, "1/2/3/4/5/6"));
    await finished(join(folder, "1/2/3/4/5/6/7"));
    assert.deepEqual((await findRuns(folder)).runs.map(({ name }) => name), ["1/2/3/4/5/6"]);
  }));

Deno.test("findRuns() lists a damaged run.json without its absolute path and goes on", () =>
  inFolder(async (folder) => {
    await finished(join(folder, "good"));
    for (const [name, text] of [["json", "{"], ["other", '{"schema":"x"}'], ["null", "null"]]) {
      await Deno.mkdir(join(folder, name!));
      await Deno.writeTextFile(join(folder, name!, "run.json"), text!);
    }
    const { runs, damaged } = await findRuns(folder);
    assert.deepEqual(runs.map(({ name }) => name), ["good"]);
    assert.deepEqual(damaged.map(({ name }) => name), ["json", "null", "other"]);
    for (const { why } of damaged) {
      assert.match(why, /^Cannot read "\w+\/run\.json": /);
      assert.ok(!why.includes(folder), why);
    }
  }));

Deno.test("findRuns() lists a folder that may not be read and goes on, unless it is the first", () =>
  inFolder(async (folder) => {
    await finished(join(folder, "own"));
    await Deno.mkdir(join(folder, "lost+found"));
    const { readDir } = Deno;
    let refused = "lost+found";
    // For root no folder is closed.
    Deno.readDir = (path) => {
      if (!String(path).endsWith(refused)) return readDir(path);
      throw Object.assign(new Deno.errors.PermissionDenied("refused"), { code: "EACCES" });
    };
    try {
      const { runs, damaged } = await findRuns(folder);
      assert.deepEqual(runs.map(({ name }) => name), ["own"]);
      assert.deepEqual(damaged.map(({ name }) => name), ["lost+found"]);
      assert.match(damaged[0]!.why, /^Cannot read folder "lost\+found": /);
      refused = folder;
      await assert.rejects(findRuns(folder), { code: "E-FILE-PERMISSION" });
    } finally {
      Deno.readDir = readDir;
    }
  }));

Deno.test("findRuns() gives E-FILE-MISSING for a folder that is not there", async () => {
  await assert.rejects(findRuns("no/such/folder"), { code: "E-FILE-MISSING" });
});
