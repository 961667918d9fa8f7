import assert from "node:assert/strict";
import { join } from "node:path";
import { openRun } from "../store/run/run_folder.ts";
import { loadAllSummaries, loadWeightsSummary } from "./load_summaries.ts";
import { openOriginal } from "./table/original_arrays.ts";

const ORIGINAL = "tests/fixtures/original/summary_data/tiny-a";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A finished summary of 2 layers of 3, with one subset. */
async function writeSummary(directory: string): Promise<void> {
  const identity = { script: "universal_neurons/summary", options: {}, inputs: [] };
  await using run = await openRun(directory, identity);
  const counts = (first: number) => ({
    "neuron_bin_counts": { data: new Int32Array(6 * 257).fill(first), shape: [6, 257] },
  });
  await run.writeArrays(counts(3));
  await run.writeArrays(counts(2), "subset_git_hub");
  await run.writeSummary({
    model: "./made",
    layers: 2,
    subsets: { "git hub": { file: "subset_git_hub" } },
  });
  await run.finish({ argv: [], options: {}, seeds: {} });
}

Deno.test("loadAllSummaries() reads the original's datasets by model, activations or dataset", async () => {
  const folder = await openOriginal(`${ORIGINAL}/activations/pile.test.one.16`);
  const expected = await folder.read("neuron_bin_counts");
  for (const place of ["", "/activations", "/activations/pile.test.one.16"]) {
    const { model, layers, neurons, pooled, subsets } = await loadAllSummaries(ORIGINAL + place);
    assert.deepEqual([model, (layers ?? 0) > 0, neurons, pooled], [
      "tiny-a",
      true,
      expected.shape[0],
      undefined,
    ]);
    const names = ["pile.test.one.16", "pile.test.two.16"].slice(0, place.length > 12 ? 1 : 2);
    assert.deepEqual([...subsets.keys()], names);
    const one = subsets.get("pile.test.one.16")!;
    assert.ok(one.names.includes("vocab_max_ix"));
    assert.deepEqual(await one.read("neuron_bin_counts"), expected);
  }
});

Deno.test("loadAllSummaries() reads a finished run, pooled and by subset", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "summary");
    await writeSummary(directory);
    const { model, layers, neurons, pooled, subsets } = await loadAllSummaries(directory);
    assert.deepEqual([model, layers, neurons, [...subsets.keys()]], ["made", 2, 6, ["git hub"]]);
    assert.equal((await pooled!.read("neuron_bin_counts")).data[0], 3);
    assert.equal((await subsets.get("git hub")!.read("neuron_bin_counts")).data[0], 2);
    assert.deepEqual(pooled!.names, ["neuron_bin_counts"]);
    await assert.rejects(pooled!.read("vocab_max"), { code: "E-SAFETENSORS" });
  }));

Deno.test("loadAllSummaries() says what makes the summaries of a model without any", async () => {
  await assert.rejects(loadAllSummaries("no-such-model"), {
    code: "E-FILE-MISSING",
    hint: "deno task un:summary --model no-such-model makes them",
  });
});

Deno.test("loadAllSummaries() refuses a run of another script", () =>
  inFolder(async (folder) => {
    const identity = { script: "universal_neurons/weights", options: {}, inputs: [] };
    {
      await using run = await openRun(folder, identity);
      await run.finish({ argv: [], options: {}, seeds: {} });
    }
    await assert.rejects(loadAllSummaries(folder), { code: "E-FILE-MISSING", message: /a run of/ });
  }));

Deno.test("loadWeightsSummary() reads the original's weights by model or folder", async () => {
  for (const place of [ORIGINAL, `${ORIGINAL}/weights`]) {
    const { model, layers, neurons, columns, arrays } = await loadWeightsSummary(place);
    assert.equal(model, "tiny-a");
    assert.equal(columns.w_in_norm!.length, neurons);
    assert.equal(neurons % layers!, 0);
    const { shape } = await arrays.read("E_in_top");
    assert.equal(shape[0], neurons);
  }
  await assert.rejects(loadWeightsSummary("no-such-model"), { code: "E-FILE-MISSING" });
});
