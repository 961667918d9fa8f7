import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../store/run/read_run.ts";
import { openRun } from "../store/run/run_folder.ts";
import { describeRun, describeTable } from "./describe_run.ts";

Deno.test("describeRun() shows the single numbers of a run, describeTable() what it is told to; both give all as data", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const summary = { rows: 3, model: "tiny", kurt: { mean: 7 } };
    {
      await using run = await openRun(folder, { script: "test", options: {}, inputs: [] });
      await run.writeSummary(summary);
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    const run = await readRun(folder);
    const { text, data } = await describeRun(run, "tokens.safetensors");
    assert.match(text!, /rows +3\n/);
    assert.doesNotMatch(text!, /tiny|kurt/);
    assert.ok(text!.endsWith(`${join(folder, "tokens.safetensors")}\n`));
    assert.deepEqual(data, { directory: run.directory, summary: await run.summary() });
    const own = await describeTable(
      run,
      ({ model }) => ({ columns: ["model"], rows: [[model as string]] }),
    );
    assert.match(own.text!, /^model\n─+\ntiny\n/);
    assert.ok(own.text!.endsWith(`${join(folder, "report.html")}\n`));
    assert.deepEqual(own.data, data);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
