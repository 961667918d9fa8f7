// un:neuron-df from finished runs of the other scripts to its tables, and what it refuses.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { COLUMN_NAMES } from "../lib/neuron/table/columns.ts";
import { readNeuronCsv } from "../lib/neuron/table/csv_rows.ts";
import { readRun } from "../lib/store/run/read_run.ts";
import { openRun } from "../lib/store/run/run_folder.ts";
import { type Ended, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const SCRIPT = "scripts/universal_neurons/neuron_df.ts";
const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const ORIGINAL = "tests/fixtures/original";
const MODELS = ["a", "b", "c"].map((letter) => `cache/models/tiny-gpt2-${letter}`);
const N = 2048;

async function succeeds(words: readonly string[]): Promise<Ended> {
  const ended = await run(words);
  assert.equal(ended.exit, 0, ended.stderr);
  return ended;
}

/** Four rows of the fixture as a file. */
async function tokensIn(folder: string): Promise<string> {
  const { tokens } = await readSafetensors(FIXTURE);
  const rows = { data: (tokens!.data as Int32Array).slice(0, 4 * 128), shape: [4, 128] };
  const path = join(folder, "tokens.safetensors");
  const chunks = [...encodeSafetensors({ tokens: rows })];
  await Deno.writeFile(path, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
  return path;
}

/** A finished summary of the same model files, with made numbers. */
async function makeSummary(folder: string, like: string): Promise<string> {
  const directory = join(folder, "summary");
  const { inputs } = (await readRun(like)).record;
  const identity = { script: "universal_neurons/summary", options: {}, inputs };
  await using made = await openRun(directory, identity);
  const places = Int32Array.from({ length: N }, (_, i) => i);
  const names = ["mean", "var", "skew", "kurt", "sparsity", "share_positive"];
  await made.writeTable("neurons", [
    { name: "layer", type: "int32", values: places.map((i) => Math.floor(i / 512)) },
    { name: "neuron", type: "int32", values: places.map((i) => i % 512) },
    ...names.map((name, k) => ({
      name,
      type: "float32" as const,
      values: Float32Array.from(places, (i) => (i + k) / 10),
    })),
  ]);
  await made.writeSummary({ model: "./tiny-gpt2-a" });
  await made.finish({ argv: [], options: {}, seeds: {} });
  return directory;
}

Deno.test("un:neuron-df joins runs into the original's columns, and refuses other models", async () => {
  await inFolder(async (folder) => {
    const [weights, others, correlations] = ["weights", "others", "correlations"].map((name) =>
      join(folder, name)
    ) as [string, string, string];
    const top = ["--vocab-top=1", "--neuron-top=1", "--device=onnx"];
    const script = "scripts/universal_neurons/weights.ts";
    await succeeds([script, `--model=${MODELS[0]}`, ...top, `--out=${weights}`]);
    await succeeds([script, `--model=${MODELS[1]}`, ...top, `--out=${others}`]);
    await succeeds([
      "scripts/universal_neurons/correlations.ts",
      `--model-1=${MODELS[0]}`,
      `--model-2=${MODELS.slice(1).join()}`,
      `--tokens=${await tokensIn(folder)}`,
      "--baseline=rotation",
      "--draws=1",
      "--float16-moments",
      "--device=onnx",
      `--out=${correlations}`,
    ]);
    const summary = await makeSummary(folder, weights);
    const sources = [
      `--correlations=${correlations}`,
      `--weights=${weights}`,
      `--summary=${summary}`,
    ];
    const out = join(folder, "out");
    const words = [SCRIPT, ...sources, `--out=${out}`, "--csv"];

    const dry = await succeeds([...words, "--dry-run"]);
    assert.match(
      dry.stdout,
      /would join correlations, weights, summary of 2048 neurons in 4 layers/,
    );
    const first = await succeeds([...words, "--json"]);
    assert.doesNotMatch(first.stderr, /no source/);
    const { columns, rows } = await readTable(join(out, "tables/neuron_df.parquet"));
    assert.equal(rows, N);
    assert.deepEqual(Object.keys(columns), ["layer", "neuron", ...COLUMN_NAMES]);
    const arrays = await readSafetensors(join(correlations, "arrays.safetensors"));
    for (const name of ["max_corr", "mean_corr", "min_corr", "mean_baseline"]) {
      assert.deepEqual(columns[name], arrays[`pairs_${name}`]!.data, name);
    }
    assert.deepEqual(columns["excess_corr"], arrays["excess_corr"]!.data);
    const own = await readTable(join(weights, "tables/neurons.parquet"));
    for (const name of ["w_in_norm", "in_out_sim", "vocab_kurt"]) {
      assert.deepEqual(columns[name], own.columns[name], name);
    }
    assert.equal(Number(columns["sparsity"]![513]), Math.fround(51.7));
    assert.deepEqual([columns["layer"]![513], columns["neuron"]![513]], [1, 1]);

    const csv = await readNeuronCsv(join(out, "tables/neuron_df.csv"));
    for (const name of COLUMN_NAMES) {
      const values = columns[name] as Float32Array;
      const again = values.constructor === Float32Array
        ? Float32Array.from(csv.columns[name]!)
        : csv.columns[name];
      assert.deepEqual(again, values, `${name} as CSV`);
    }
    const universal = await readTable(join(out, "tables/universal.parquet"));
    const { summary: numbers } = JSON.parse(first.stdout);
    assert.equal(universal.rows, numbers.universal_neurons);
    assert.equal(numbers.universal_share, numbers.universal_neurons / N);
    assert.equal(numbers.model, basename(MODELS[0]!));
    assert.deepEqual(numbers.sources.correlations.partners.length, 2);

    const before = await contents(out);
    const again = await run([...words, "--check"]);
    assert.equal(again.exit, 2, "nothing was published of this model");
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);

    const published = join(out, "tables/neuron_df.csv");
    const rounded = join(folder, "rounded");
    const precise = [SCRIPT, ...sources, `--out=${rounded}`, "--original-precision"];
    const compared = await succeeds([...precise, `--published=${published}`, "--json"]);
    const { published: { columns: apart, universal: sets } } = JSON.parse(compared.stdout).summary;
    // Two float16 steps of a mean below 1, and nothing where nothing is rounded.
    assert.ok(apart.mean_corr.max_difference > 0 && apart.mean_corr.max_difference < 5e-4);
    assert.equal(apart.l2_penalty.max_difference, 0);
    assert.ok(apart.mean_corr.rank_correlation > 0.999);
    assert.equal(sets.published, numbers.universal_neurons);
    assert.equal((await readTable(join(rounded, "tables/published.parquet"))).rows, 21);

    const mixed = await run([SCRIPT, sources[0]!, `--weights=${others}`, `--out=${out}`]);
    assert.equal(mixed.exit, 2);
    assert.match(mixed.stderr, /weights of tiny-gpt2-b \(4 layers of 512, 2048 neurons\)/);
    assert.match(mixed.stderr, /expected tiny-gpt2-a \(4 layers of 512, 2048 neurons\)/);
    assert.deepEqual(await contents(out), before);
  });
});

Deno.test("un:neuron-df leaves out what no source has, and names the command of a missing run", () =>
  inFolder(async (folder) => {
    const out = join(folder, "out");
    const weights = join(ORIGINAL, "summary_data/tiny-a/weights");
    const part = await succeeds([SCRIPT, `--weights=${weights}`, `--out=${out}`]);
    assert.match(part.stderr, /no source for max_corr, .*excess_corr: left out/);
    const { columns } = await readTable(join(out, "tables/neuron_df.parquet"));
    assert.equal(Object.keys(columns).length, 11);
    const none = await run([SCRIPT, `--out=${out}`]);
    assert.equal(none.exit, 2, none.stderr);
    for (const [name, task] of [["summary", "un:summary"], ["weights", "un:weights"]]) {
      const absent = await run([SCRIPT, `--${name}=${join(folder, "absent")}`, `--out=${out}`]);
      assert.equal(absent.exit, 4, absent.stderr);
      assert.match(absent.stderr, new RegExp(`deno task ${task} makes it`));
    }
    const pair = await run([SCRIPT, `--correlations=${folder},${folder}`, `--out=${out}`]);
    assert.equal(pair.exit, 4, pair.stderr);
    assert.match(pair.stderr, /without pearson\.none\/correlation_summary\.pt/);
  }));
