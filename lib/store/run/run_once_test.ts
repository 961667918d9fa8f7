import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { runOnce, type RunOnceOptions } from "./run_once.ts";
import type { RunIdentity } from "./run_record.ts";
import type { RunFolder } from "./run_folder.ts";

const IDENTITY: RunIdentity = { script: "example", options: { seed: 1 }, inputs: [] };
const DETAILS = { argv: ["--seed", "1"], options: {}, seeds: { draws: 1 } };

/** Runs once and says whether it computed, with the notes it gave. */
async function once(folder: string, identity = IDENTITY, options: RunOnceOptions = {}) {
  let computed = false;
  const notes: string[] = [];
  const record = await runOnce(
    folder,
    identity,
    { ...options, onNote: (line) => notes.push(line) },
    async (run: RunFolder) => {
      computed = true;
      await run.writeSummary({ answer: 42 });
      return DETAILS;
    },
  );
  return { computed, notes, record };
}

Deno.test("runOnce() keeps a finished run of the same script, options and inputs", async () => {
  await inFolder(async (folder) => {
    const first = await once(folder);
    assert.ok(first.computed);
    assert.deepEqual(first.notes, [`run    ${folder}: not finished before`]);
    const second = await once(folder);
    assert.ok(!second.computed);
    assert.deepEqual(second.notes, [
      `kept   ${folder}: finished before with the same options and inputs`,
    ]);
    assert.deepEqual(second.record, first.record);
  });
});

Deno.test("runOnce() computes again when forced", async () => {
  await inFolder(async (folder) => {
    await once(folder);
    const forced = await once(folder, IDENTITY, { force: true });
    assert.ok(forced.computed);
    assert.deepEqual(forced.notes, [`run    ${folder}: asked for again`]);
    assert.ok(!(await once(folder)).computed);
  });
});

Deno.test("runOnce() computes again when version, options or inputs differ", async () => {
  const input = { name: "tokens", path: "/a", bytes: 1, sha256: "a".repeat(64) };
  const others: RunIdentity[] = [
    { ...IDENTITY, version: "0.0.0" },
    { ...IDENTITY, options: { seed: 2 } },
    { ...IDENTITY, options: { seed: 1, extra: true } },
    { ...IDENTITY, inputs: [input] },
    { ...IDENTITY, inputs: [{ ...input, sha256: "b".repeat(64) }] },
  ];
  await inFolder(async (folder) => {
    await once(folder);
    for (const identity of others) {
      const { computed, notes } = await once(folder, identity);
      assert.ok(computed, JSON.stringify(identity));
      assert.match(notes[0]!, /finished with other options, inputs or version$/);
    }
    const moved = { ...others.at(-1)!, inputs: [{ ...input, path: "/b", sha256: "b".repeat(64) }] };
    assert.ok(!(await once(folder, moved)).computed, "where an input lies does not matter");
  });
});

Deno.test("runOnce() computes again when an output is gone or was changed", async () => {
  await inFolder(async (folder) => {
    await once(folder);
    const summary = join(folder, "summary.json");
    await Deno.remove(summary);
    const gone = await once(folder);
    assert.match(gone.notes[0]!, /summary\.json is missing$/);
    await Deno.writeTextFile(summary, (await Deno.readTextFile(summary)).replace("42", "43"));
    // The time of modification may be the same within its resolution.
    await Deno.utime(summary, new Date(0), new Date(0));
    const changed = await once(folder);
    assert.ok(changed.computed);
    assert.match(changed.notes[0]!, /summary\.json was changed/);
  });
});

Deno.test("runOnce() leaves a run unfinished when its body fails, and the folder free", async () => {
  await inFolder(async (folder) => {
    const failing = runOnce(folder, IDENTITY, {}, async (run) => {
      await run.writeSummary({ answer: 41 });
      throw new Error("stopped in the middle");
    });
    await assert.rejects(failing, /stopped in the middle/);
    const { computed, record } = await once(folder);
    assert.ok(computed);
    assert.deepEqual(record.outputs.map(({ path }) => path), ["summary.json"]);
  });
});

Deno.test("runOnce() keeps an earlier run whose repetition fails before it writes", async () => {
  await inFolder(async (folder) => {
    await once(folder);
    const failing = runOnce(folder, IDENTITY, { force: true }, () => {
      throw new Error("refused");
    });
    await assert.rejects(failing, /refused/);
    assert.ok(!(await once(folder)).computed);
  });
});
