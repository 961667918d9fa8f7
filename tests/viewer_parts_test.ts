// A viewer folder of made runs: what is missing, what is hostile, what does not fit.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../lib/store/run/read_run.ts";
import { openRun } from "../lib/store/run/run_folder.ts";
import { buildViewer, type ViewerInput } from "../lib/viewer/build/build_viewer.ts";
import type { ViewerRuns } from "../lib/viewer/build/sources.ts";
import type { WriteDataOptions } from "../lib/viewer/build/write_data.ts";
import { PANELS, type ViewerModel, type ViewerShard } from "../lib/viewer/format.ts";
import { contents, inFolder } from "./folders.ts";
import { readData, readNeuron } from "./viewer_folder.ts";
import { madeRuns } from "./viewer_measure/made_runs.ts";

const SIZES = { layers: 2, width: 9, heads: 2, vocab: 40, subsets: 3, rows: 6, ctx: 8 };
const corpus = { data: new Int32Array(48).map((_, i) => i % 40), shape: [6, 8] };

/** Texts that a page may take for something else. */
const HOSTILE = [
  "</script><script>globalThis.broken = 1</script>",
  '");globalThis.broken=1;//',
  "\u202e\u2066right to left",
  "\u0000\u2028\u2029\ufeff",
  "\ud83d",
  "\ude00",
  "x".repeat(10_000),
  "<img src=x onerror=alert(1)>",
];

async function build(
  out: string,
  runs: ViewerRuns,
  change: Partial<ViewerInput> = {},
  options: WriteDataOptions = {},
) {
  await using run = await openRun(out, { script: "test", options: {}, inputs: [] });
  await buildViewer(run, {
    runs,
    model: { ...SIZES, name: "made", vocabSize: SIZES.vocab, files: new Map() },
    tokens: [...HOSTILE, ...Array.from({ length: 40 - HOSTILE.length }, (_, i) => ` ${i}`)],
    corpus,
    page: { "app.js": "", "index.html": "<p>" },
    provenance: {},
    shardNeurons: 4,
    amounts: { examples: 2, subsetExamples: 1, before: 3, after: 2 },
    ...change,
  }, options);
  await run.finish({ argv: [], options: {}, seeds: {} });
  return await readData<ViewerModel>(out, "model");
}

Deno.test("buildViewer() writes every neuron once, in shards of which the last may be short", () =>
  inFolder(async (folder) => {
    const runs = await madeRuns(folder, SIZES);
    const out = join(folder, "viewer");
    const model = await build(out, runs);
    assert.deepEqual(model.missing, {});
    assert.deepEqual(model.subsets, ["part 1", "part 2", "part 3"]);
    const shards = await Promise.all(
      [0, 1, 2, 3, 4].map((k) => readData<ViewerShard>(out, `shard-${k}`)),
    );
    assert.deepEqual(shards.map((shard) => shard.length), [4, 4, 4, 4, 2]);
    const names = Object.keys(await contents(join(out, "data")));
    assert.equal(names.filter((name) => name.startsWith("shard-")).length, 5);
    for (const { pooled, subsets } of shards.flat()) {
      assert.equal(pooled!.examples!.length, 2);
      assert.ok(subsets!.every((subset) => subset.examples!.length === 1));
    }
  }));

Deno.test("buildViewer() gives the same bytes when it holds a shard at a time", () =>
  inFolder(async (folder) => {
    const runs = await madeRuns(folder, SIZES);
    const [whole, small] = [join(folder, "whole"), join(folder, "small")];
    await build(whole, runs);
    await build(small, runs, {}, { blockBytes: 1 });
    assert.deepEqual(await contents(join(small, "data")), await contents(join(whole, "data")));
  }));

Deno.test("buildViewer() passes hostile tokens on as data", () =>
  inFolder(async (folder) => {
    const out = join(folder, "viewer");
    await build(out, {});
    // readData() takes nothing but one call with base64.
    const tokens = await readData<string[]>(out, "tokens");
    assert.deepEqual(tokens.slice(0, HOSTILE.length), HOSTILE);
  }));

Deno.test("buildViewer() says of every panel without data what makes it", () =>
  inFolder(async (folder) => {
    const { summary, weights, correlations } = await madeRuns(folder, { ...SIZES, subsets: 0 });
    const missing = async (name: string, runs: ViewerRuns, change?: Partial<ViewerInput>) =>
      (await build(join(folder, `viewer-${name}`), runs, change)).missing;
    const none = await missing("none", {});
    assert.deepEqual(Object.keys(none).sort(), [...PANELS].sort());
    for (
      const [panel, task] of Object.entries({
        activations: "summary",
        vocabulary: "summary",
        examples: "summary",
        compositions: "weights",
        heads: "weights",
        partners: "correlations",
      })
    ) {
      const { is, command } = none[panel as typeof PANELS[number]]!;
      assert.equal(is, `no run of un:${task}`);
      assert.match(command, new RegExp(`^deno task un:${task} --model(-1)? made`));
    }
    const ofSummary = await missing("summary", { summary: summary! });
    assert.deepEqual(Object.keys(ofSummary).sort(), ["compositions", "heads", "partners"]);
    const ofOthers = { weights: weights!, correlations: correlations! };
    const others = await missing("others", ofOthers);
    assert.deepEqual(Object.keys(others).sort(), ["activations", "examples", "vocabulary"]);
    const textless = await missing("rows", { summary: summary! }, { corpus: "the rows are gone" });
    assert.equal(textless.examples!.is, "the rows are gone");
    const { pooled, subsets } = await readNeuron(join(folder, "viewer-rows"), 17);
    assert.deepEqual([pooled!.examples, subsets], [undefined, undefined]);
  }));

Deno.test("buildViewer() takes a summary without rankings of tokens", () =>
  inFolder(async (folder) => {
    const { summary } = await madeRuns(folder, SIZES);
    const bare = join(folder, "bare");
    {
      const { record } = summary!;
      await using run = await openRun(bare, { script: record.script, options: {}, inputs: [] });
      const arrays = await summary!.arrays();
      const kept = Object.entries(arrays).filter(([name]) => !/^vocab_m|_context$/.test(name));
      await run.writeArrays(Object.fromEntries(kept));
      await run.writeTable("neurons", [{
        name: "mean",
        type: "float64",
        values: new Float64Array(18),
      }]);
      await run.writeSummary({ model: "made", layers: 2 });
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    const out = join(folder, "viewer");
    const { missing, columns } = await build(out, { summary: await readRun(bare) });
    assert.match(missing.vocabulary!.command, /un:summary --model made .*--vocab-top 100/);
    assert.deepEqual(columns.map(({ name }) => name), ["mean"]);
    const { vocabMax, examples } = (await readNeuron(out, 0)).pooled!;
    assert.equal(vocabMax, undefined);
    // As a run of an earlier version, or with --example-context 0.
    assert.match(missing.examples!.is, /no activations around its examples/);
    assert.match(missing.examples!.command, /un:summary --model made .*--example-context 20$/);
    assert.deepEqual(examples!.map(({ activations }) => activations), [undefined, undefined]);
  }));

Deno.test("buildViewer() refuses arrays of other sizes and leaves no page", () =>
  inFolder(async (folder) => {
    const { weights } = await madeRuns(folder, SIZES);
    const out = join(folder, "viewer");
    const hostile = join(folder, "hostile");
    {
      await using run = await openRun(hostile, {
        script: "universal_neurons/summary",
        options: {},
        inputs: [],
      });
      const { summary } = await madeRuns(join(folder, "made"), SIZES);
      const context = { data: new Float32Array(18 * 4), shape: [18, 2, 2] };
      await run.writeArrays({ ...await summary!.arrays(), "max_activating_context": context });
      await run.writeSummary({ model: "made", layers: 2 });
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    await assert.rejects(build(out, { summary: await readRun(hostile) }), {
      code: "E-TENSOR-SHAPE",
      message: /max_activating_context of F32 \[18, 2, 2\], expected for each of 18 neurons/,
    });
    const model = { ...SIZES, name: "made", width: 10, vocabSize: SIZES.vocab, files: new Map() };
    await assert.rejects(build(out, { weights: weights! }, { model }), {
      code: "E-TENSOR-SHAPE",
      message: /E_in_hist of I32 \[18, 101\], expected one row for each of 20 neurons, of 101/,
    });
    assert.ok(!Object.keys(await contents(out)).includes("index.html"));
  }));

Deno.test("a viewer does not write over what it shows", () =>
  inFolder(async (folder) => {
    const { summary } = await madeRuns(folder, SIZES);
    const before = await contents(folder);
    await assert.rejects(build(summary!.directory, { summary: summary! }), {
      code: "E-USAGE",
      message: /a finished run of universal_neurons\/summary, expected a folder of test/,
    });
    assert.deepEqual(await contents(folder), before);
  }));
