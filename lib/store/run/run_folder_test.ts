import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { hostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import { readRun } from "./read_run.ts";
import { openRun } from "./run_folder.ts";
import { identityHash, inputFile, type RunIdentity } from "./run_record.ts";
import { isComplete } from "./step.ts";

const IDENTITY: RunIdentity = { script: "test/run", options: { seed: 0 }, inputs: [] };
const DETAILS = {
  argv: ["--seed", "0"],
  options: { seed: { value: 0, source: "flag" }, out: { value: "/x", source: "default" } },
  seeds: { draws: 0 },
} as const;
const DEVICE = {
  name: "reference",
  description: "float64",
  facts: { threads: 1 },
  upload() {
    throw new Error("a device is more than its facts");
  },
};

async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(join(folder, prefix))) {
    const path = prefix + entry.name;
    if (entry.isDirectory) names.push(...await filesBelow(folder, `${path}/`));
    else names.push(path);
  }
  return names.sort();
}

async function makeRun(folder: string, identity = IDENTITY) {
  await using run = await openRun(folder, identity);
  await run.writeArrays({
    probs: hostArray(Float32Array.of(0.25, NaN), [2]),
    max_corr_ix: hostArray(Int32Array.of(3, 1, 2), [3, 1]),
  });
  await run.writeTable(
    "neurons",
    [{ name: "layer", type: "int32", values: [0, 1] }, {
      name: "token",
      type: "string",
      values: ["a,b", null],
    }],
    { csv: true },
  );
  await run.writeSummary(
    { baseline: { prob_diff_mean: 0.81 }, ratio: 1.25 },
    { baseline: { prob_diff_mean: 0.817 } },
  );
  await run.writeFigure("probs", { spec: { mark: "bar" }, svg: "<svg/>", png: Uint8Array.of(1) });
  await run.writeText("report.html", "<p>");
  return await run.finish({ ...DETAILS, device: DEVICE, warnings: 2, notes: { note: NaN } });
}

Deno.test("openRun() writes the folder of the design, and readRun() reads it back", async () => {
  await inFolder(async (folder) => {
    const record = await makeRun(folder);
    assert.deepEqual(await filesBelow(folder), [
      "arrays.safetensors",
      "figures/probs.png",
      "figures/probs.svg",
      "figures/probs.vl.json",
      "report.html",
      "run.json",
      "summary.json",
      "tables/neurons.csv",
      "tables/neurons.parquet",
    ]);
    const run = await readRun(folder);
    assert.equal(run.record.identity, identityHash(IDENTITY));
    assert.deepEqual(run.record.outputs, record.outputs);
    const { probs, max_corr_ix: best } = await run.arrays();
    assert.deepEqual(probs, { data: Float32Array.of(0.25, NaN), shape: [2] });
    assert.deepEqual(best, { data: Int32Array.of(3, 1, 2), shape: [3, 1] });
    {
      await using file = await run.openArrays();
      assert.equal(file.metadata.format, "pt");
      assert.equal(file.metadata.identity, record.identity);
    }
    assert.deepEqual((await run.table("neurons")).columns.token, ["a,b", null]);
    assert.equal(await run.text("tables/neurons.csv"), 'layer,token\n0,"a,b"\n1,\n');
    assert.deepEqual(await run.summary(), {
      schema: "neurite.summary/1",
      baseline: { prob_diff_mean: 0.81 },
      paper: { baseline: { prob_diff_mean: 0.817 } },
      ratio: 1.25,
    });
  });
});

Deno.test("finish() records how the run was made", async () => {
  await inFolder(async (folder) => {
    await makeRun(folder);
    const { record } = await readRun(folder);
    assert.deepEqual(record.argv, DETAILS.argv);
    assert.deepEqual(record.options, DETAILS.options);
    assert.deepEqual(record.seeds, { draws: 0 });
    assert.deepEqual(record.device, {
      name: "reference",
      description: "float64",
      facts: { threads: 1 },
    });
    assert.equal(record.warnings, 2);
    assert.deepEqual(record.notes, { note: "NaN" });
    assert.equal(record.runtime.deno, Deno.version.deno);
    assert.equal(record.runtime.typescript, Deno.version.typescript);
    assert.match(record.commit ?? "0".repeat(40), /^[0-9a-f]{40}/);
    assert.ok(Date.parse(record.started) <= Date.parse(record.ended));
    assert.ok(record.wall_seconds >= 0);
  });
});

Deno.test("openRun() gives the same bytes for the same identity in any folder at any time", async () => {
  await inFolder(async (folder) => {
    const first = await makeRun(join(folder, "a"));
    const second = await makeRun(join(folder, "b"));
    const hashes = (record: typeof first) =>
      record.outputs.map(({ path, sha256 }) => [path, sha256]);
    assert.deepEqual(hashes(first), hashes(second));
    const other = await makeRun(join(folder, "c"), { ...IDENTITY, options: { seed: 1 } });
    assert.notEqual(other.identity, first.identity);
  });
});

Deno.test("a run counts as finished only after finish(), and the old one until the first write", async () => {
  await inFolder(async (folder) => {
    await makeRun(folder);
    const hash = identityHash(IDENTITY);
    {
      await using run = await openRun(folder, IDENTITY);
      assert.equal((await isComplete(folder, hash)).complete, true);
      await run.writeText("report.html", "<p>again");
      assert.deepEqual(await isComplete(folder, hash), {
        complete: false,
        reason: "not finished before",
      });
    }
    assert.equal((await isComplete(folder, hash)).complete, false);
    const error = await readRun(folder).catch((reason) => reason);
    assert.ok(error instanceof NeuriteError);
    assert.equal(error.code, "E-FILE-MISSING");
  });
});

Deno.test("finish() removes what the earlier run left, but nothing that a person changed", async () => {
  await inFolder(async (folder) => {
    await makeRun(folder);
    await Deno.writeTextFile(join(folder, "report.html"), "edited by hand");
    await Deno.writeTextFile(join(folder, "notes.txt"), "mine");
    {
      await using run = await openRun(folder, { ...IDENTITY, options: { seed: 1 } });
      await run.writeSummary({ ratio: 2 });
      await run.finish(DETAILS);
    }
    assert.deepEqual(await filesBelow(folder), [
      "notes.txt",
      "report.html",
      "run.json",
      "summary.json",
    ]);
  });
});

Deno.test("openRun() clears temporary files of the dead and refuses a second run", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "tables"));
    await Deno.writeTextFile(join(folder, "tables/.a.parquet.99-00000000.tmp"), "");
    await using _run = await openRun(folder, IDENTITY);
    assert.deepEqual(await filesBelow(folder), [".neurite.lock"]);
    const error = await openRun(folder, IDENTITY).catch((reason) => reason);
    assert.ok(error instanceof NeuriteError);
    assert.equal(error.code, "E-BUSY");
  });
});

Deno.test("writeSummary() and writeFile() refuse what they must not write", async () => {
  await inFolder(async (folder) => {
    await using run = await openRun(folder, IDENTITY);
    await assert.rejects(run.writeSummary({ a: { b: NaN } }), /"a\.b": NaN/);
    await assert.rejects(
      run.writeSummary({ a: 1 }, { b: 1 }),
      /"b": a number of the paper's alone/,
    );
    await assert.rejects(run.writeSummary({ a: { b: 1 } }, { a: { c: 1 } }), /"a\.c"/);
    await assert.rejects(run.writeText("run.json", ""), /reserved/);
    await assert.rejects(run.writeText("../a", ""), RangeError);
    await assert.rejects(run.discard("../a"), RangeError);
    assert.deepEqual(await filesBelow(folder), [".neurite.lock"]);
  });
});

Deno.test("discard() takes a checkpoint out of the run", async () => {
  await inFolder(async (folder) => {
    await using run = await openRun(folder, IDENTITY);
    await run.writeText("state/checkpoint.json", "{}");
    await run.discard("state/checkpoint.json");
    await run.discard("state/never.json");
    assert.deepEqual((await run.finish(DETAILS)).outputs, []);
  });
});

Deno.test("inputFile() enters the identity by its bytes, not its path", async () => {
  await inFolder(async (folder) => {
    const identity = async (name: string, text: string) => {
      await Deno.writeTextFile(join(folder, name), text);
      const input = await inputFile("tokens", join(folder, name));
      return identityHash({ ...IDENTITY, inputs: [input] });
    };
    assert.equal(await identity("a", "1 2 3"), await identity("b", "1 2 3"));
    assert.notEqual(await identity("a", "1 2 3"), await identity("a", "1 2 4"));
  });
});

Deno.test("RunFolder.adoptFile() takes a file of the folder as an output under its name", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "work"));
    await Deno.writeTextFile(join(folder, "work", "x.part"), "1 2 3");
    {
      await using run = await openRun(folder, IDENTITY);
      const { bytes, sha256 } = await run.adoptFile("x.txt", "work/x.part");
      assert.deepEqual([bytes, sha256.length], [5, 64]);
      assert.equal(run.identity, identityHash(IDENTITY));
      await run.finish(DETAILS);
    }
    assert.equal(await Deno.readTextFile(join(folder, "x.txt")), "1 2 3");
    assert.ok((await isComplete(folder, identityHash(IDENTITY), { verify: "full" })).complete);
    await using run = await openRun(folder, IDENTITY);
    await assert.rejects(run.adoptFile("y.txt", "work/x.part"), { code: "E-FILE-MISSING" });
    await assert.rejects(run.adoptFile("../y.txt", "x.txt"), RangeError);
  }));

Deno.test("openRun() leaves the results of another script alone", async () => {
  await inFolder(async (folder) => {
    await makeRun(folder);
    const before = await filesBelow(folder);
    await assert.rejects(openRun(folder, { ...IDENTITY, script: "test/other" }), {
      code: "E-USAGE",
      message: `Cannot write results into "${folder}": a finished run of test/run, ` +
        "expected a folder of test/other",
    });
    assert.deepEqual(await filesBelow(folder), before);
    await makeRun(folder, { ...IDENTITY, options: { seed: 1 } });
  });
});
