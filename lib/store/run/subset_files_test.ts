import assert from "node:assert/strict";
import { readRun } from "./read_run.ts";
import { openRun } from "./run_folder.ts";
import { subsetFiles } from "./subset_files.ts";
import type { SummaryNumbers } from "./summary.ts";

async function subsetsOf(subsets: SummaryNumbers | undefined) {
  const folder = await Deno.makeTempDir();
  try {
    {
      await using run = await openRun(folder, { script: "test", options: {}, inputs: [] });
      await run.writeArrays({ x: { data: Float32Array.of(1), shape: [1] } }, "subset_a_b");
      await run.writeSummary({ rows: 1, ...(subsets && { subsets }) });
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    return await subsetFiles(await readRun(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("subsetFiles() gives the file of each subset, and none where there are none", async () => {
  const found = await subsetsOf({ "a b": { rows: 1, file: "subset_a_b" } });
  assert.deepEqual(found, [{ name: "a b", file: "subset_a_b" }]);
  assert.deepEqual(await subsetsOf(undefined), []);
});

Deno.test("subsetFiles() refuses a file that the run did not write", async () => {
  for (const file of ["subset_b", "../other/arrays", "", undefined]) {
    const part = { rows: 1, ...(file !== undefined && { file }) };
    await assert.rejects(subsetsOf({ a: part }), {
      code: "E-FILE-CORRUPT",
      message: /^Cannot read subset "a": named in \/.*summary\.json with file/,
    });
  }
});
