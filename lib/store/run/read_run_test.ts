import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { readRun } from "./read_run.ts";
import { openRun } from "./run_folder.ts";

Deno.test("FinishedRun.summary() names a summary.json that is no object", () =>
  inFolder(async (folder) => {
    {
      await using run = await openRun(folder, { script: "example", options: {}, inputs: [] });
      await run.writeSummary({ mean: 0.5 });
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    const run = await readRun(folder);
    const path = join(folder, "summary.json");
    for (const text of ["", '{"mean":', "[]", "null", "3"]) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(run.summary(), {
        code: "E-FILE-CORRUPT",
        message: `Cannot read "${path}": no JSON object, expected a run's numbers by name`,
      });
    }
    await Deno.remove(path);
    await assert.rejects(run.summary(), { code: "E-FILE-MISSING" });
  }));
