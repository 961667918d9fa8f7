import assert from "node:assert/strict";
import { join } from "node:path";
import { openRun } from "../../store/run/run_folder.ts";
import { inputFile, type RunRecord } from "../../store/run/run_record.ts";
import { readRun } from "../../store/run/read_run.ts";
import { findRowsFile } from "./rows_file.ts";
import { openRuns, type ShownModel } from "./sources.ts";

const MODEL: ShownModel = {
  name: "made-a",
  layers: 2,
  width: 3,
  heads: 1,
  vocabSize: 9,
  files: new Map([["model/config.json", "a".repeat(64)]]),
};

/** Made runs below a folder, by what they say of their model. */
interface MadeRun {
  readonly model?: string;
  readonly layers?: number;
  readonly neurons?: number;
  /** sha256 of the input `model/config.json`; none read where absent. */
  readonly config?: string;
  /** sha256 of another input. */
  readonly from?: string;
}

async function makeRun(directory: string, kind: "weights" | "neuron_df", made: MadeRun) {
  const { model = "./made-a", layers = 2, neurons = 6, config, from } = made;
  const file = (name: string, sha256: string) => ({ name, path: "", bytes: 1, sha256 });
  const inputs = [
    ...(config ? [file("model/config.json", config.repeat(64))] : []),
    ...(from ? [file("weights/arrays.safetensors", from)] : []),
  ];
  const identity = { script: `universal_neurons/${kind}`, options: {}, inputs };
  await using run = await openRun(directory, identity);
  const values = new Float32Array(neurons);
  await run.writeArrays({ "w_in_norm": { data: values, shape: [neurons] } });
  await run.writeTable("neuron_df", [{ name: "kurt", type: "float32", values }]);
  await run.writeSummary({ model, layers });
  return await run.finish({ argv: [], options: {}, seeds: {} });
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The kinds of run that are shown, and what is said of those left out. */
async function shownOf(asked: Parameters<typeof openRuns>[1]["asked"]) {
  const said: string[] = [];
  const runs = await openRuns(MODEL, { asked, onLeftOut: (why) => said.push(why) });
  return { kinds: Object.keys(runs), said };
}

Deno.test("openRuns() tells models apart by their files, else by name, and always by size", () =>
  inFolder(async (folder) => {
    const cases: [MadeRun, RegExp | undefined][] = [
      [{ config: "a" }, undefined],
      [{ config: "a", model: "hub/alias-of-a" }, undefined],
      [{}, undefined],
      [
        { config: "b" },
        /un:weights of made-a \(2 layers, 6 neurons\), of other files, expected made-a/,
      ],
      [
        { model: "./made-b" },
        /un:weights of made-b \(2 layers, 6 neurons\), expected made-a \(2 layers/,
      ],
      [{ config: "a", neurons: 8 }, /8 neurons\), expected made-a \(2 layers, 6 neurons\)/],
      [{ layers: 3 }, /3 layers, 6 neurons/],
    ];
    for (const [i, [made, message]] of cases.entries()) {
      const path = join(folder, String(i));
      await makeRun(path, "weights", made);
      const given = shownOf({ weights: { path, isGiven: true } });
      if (message) await assert.rejects(given, { code: "E-USAGE", message });
      else assert.deepEqual((await given).kinds, ["weights"]);
    }
  }));

Deno.test("openRuns() takes a table by any name that is made from a run of the model", () =>
  inFolder(async (folder) => {
    const [weights, table] = [join(folder, "weights"), join(folder, "table")];
    const record: RunRecord = await makeRun(weights, "weights", { config: "a" });
    const from = record.outputs.find(({ path }) => path === "arrays.safetensors")!.sha256;
    await makeRun(table, "neuron_df", { model: "hub/alias-of-a", from });
    const neuronDf = { path: table, isGiven: true };
    await assert.rejects(shownOf({ neuronDf }), { message: /un:neuron-df of alias-of-a/ });
    const both = await shownOf({ weights: { path: weights, isGiven: true }, neuronDf });
    assert.deepEqual(both.kinds, ["weights", "neuronDf"]);
  }));

Deno.test("openRuns() leaves out what only stands in the usual place and is another model's", () =>
  inFolder(async (folder) => {
    const path = join(folder, "weights");
    assert.deepEqual(await shownOf({ weights: { path, isGiven: false } }), { kinds: [], said: [] });
    await assert.rejects(shownOf({ weights: { path, isGiven: true } }), { code: "E-FILE-MISSING" });
    await makeRun(path, "weights", { config: "b" });
    const { kinds, said } = await shownOf({ weights: { path, isGiven: false } });
    assert.deepEqual([kinds, said.length], [[], 1]);
    assert.match(said[0]!, /weights is left out: .*of other files/);
  }));

Deno.test("findRowsFile() takes the rows that the summary read, wherever they are now", () =>
  inFolder(async (folder) => {
    const [rows, moved] = [join(folder, "rows"), join(folder, "moved")];
    await Deno.writeTextFile(rows, "rows");
    const inputs = [await inputFile("tokens", rows)];
    const out = join(folder, "summary");
    {
      const identity = { script: "universal_neurons/summary", options: {}, inputs };
      await using run = await openRun(out, identity);
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    const summary = await readRun(out);
    assert.equal((await findRowsFile(summary)).file?.path, rows);
    await Deno.rename(rows, moved);
    assert.match((await findRowsFile(summary)).missing!, /not where they were/);
    assert.equal((await findRowsFile(summary, moved)).file?.path, moved);
    await Deno.writeTextFile(rows, "other");
    assert.match((await findRowsFile(summary)).missing!, /changed since/);
    await assert.rejects(findRowsFile(summary, rows), { code: "E-TOKENS" });
  }));
