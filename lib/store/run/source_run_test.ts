import assert from "node:assert/strict";
import { join } from "node:path";
import { openRun } from "./run_folder.ts";
import { readSourceRun, sourceFiles } from "./source_run.ts";

const WANTED = { script: "example", command: "deno task example" };

async function inRun(script: string, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    {
      await using run = await openRun(folder, { script, options: {}, inputs: [] });
      await run.writeSummary({ mean: 0.5 });
      await run.writeText("report.html", "<p>");
      await run.writeFigure("one", { svg: "<svg/>" });
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readSourceRun() opens the run, and its results are inputs with their sha256", async () => {
  await inRun("example", async (folder) => {
    const run = await readSourceRun(folder, WANTED);
    assert.equal((await run.summary()).mean, 0.5);
    const [summary, ...rest] = sourceFiles("first", run);
    assert.deepEqual(rest, [], "pictures and pages are no inputs");
    assert.equal(summary!.name, "first/summary.json");
    assert.equal(summary!.path, join(folder, "summary.json"));
    assert.match(summary!.sha256, /^[0-9a-f]{64}$/);
  });
});

Deno.test("readSourceRun() names the command when there is no run or another script's", async () => {
  const hint = "deno task example makes it; --out says where";
  await assert.rejects(readSourceRun("no-such-folder", WANTED), {
    code: "E-FILE-MISSING",
    message: /no finished run, expected the folder of a finished run of example/,
    hint,
  });
  await inRun("other", async (folder) => {
    await assert.rejects(readSourceRun(folder, WANTED), {
      code: "E-FILE-MISSING",
      message: /a run of other, expected/,
      hint,
    });
  });
});

Deno.test("readSourceRun() refuses results that were changed after the run", async () => {
  await inRun("example", async (folder) => {
    await Deno.writeTextFile(join(folder, "report.html"), "<p>mine");
    await readSourceRun(folder, WANTED);
    await Deno.writeTextFile(join(folder, "summary.json"), "{}");
    await assert.rejects(readSourceRun(folder, WANTED), {
      code: "E-FILE-CORRUPT",
      message: /summary\.json has 2 bytes, recorded were/,
      hint: "run deno task example again; it mends what was changed",
    });
  });
});
