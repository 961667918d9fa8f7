// un:viewer from the runs of the other scripts to the files that its page reads.
import assert from "node:assert/strict";
import { join } from "node:path";
import { elementCount, type HostArray } from "../lib/array.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { readRun } from "../lib/store/run/read_run.ts";
import { openRun } from "../lib/store/run/run_folder.ts";
import {
  type Composition,
  type Example,
  type Ranked,
  type SparseCounts,
  type ViewerColumn,
  type ViewerModel,
} from "../lib/viewer/format.ts";
import { command, type Ended, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { readData, readNeuron } from "./viewer_folder.ts";

const SCRIPT = "scripts/universal_neurons/viewer.ts";
const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const MODEL = "cache/models/tiny-gpt2-a";
const OTHER = "cache/models/tiny-gpt2-b";
const [N, V, B, T] = [2048, 4096, 8, 32];
/** Some neurons of every layer. */
const LOOKED_AT = [0, 15, 16, 700, 1337, 2047];

async function succeeds(words: readonly string[]): Promise<Ended> {
  const ended = await run(words);
  assert.equal(ended.exit, 0, ended.stderr);
  return ended;
}

/** Eight rows of 32 tokens, of two subsets. */
async function writeRows(path: string, first = 0): Promise<Int32Array> {
  const { tokens } = await readSafetensors(FIXTURE) as { tokens: HostArray<Int32Array> };
  const data = tokens.data.slice(first, first + B * T);
  const arrays: Record<string, HostArray> = {
    tokens: { data, shape: [B, T] },
    subset: { data: Int32Array.from({ length: B }, (_, row) => row % 3 === 1 ? 1 : 0), shape: [B] },
  };
  const bytes = [...encodeSafetensors(arrays, { "subset_names": '["git hub","arxiv"]' })];
  await Deno.writeFile(path, new Uint8Array(await new Blob(bytes).arrayBuffer()));
  return data;
}

/** A finished explanation of two neurons, as un:explain writes its best features. */
async function writeExplanation(directory: string, like: string): Promise<void> {
  const inputs = (await readRun(like)).record.inputs.filter(({ name }) =>
    name.startsWith("model/")
  );
  const identity = { script: "universal_neurons/explain", options: {}, inputs };
  await using made = await openRun(directory, identity);
  await made.writeTable("best_features", [
    { name: "layer", type: "int32", values: Int32Array.of(3, 0) },
    { name: "neuron", type: "int32", values: Int32Array.of(5, 7) },
    { name: "best_kind", type: "string", values: ["token", "prev_token"] },
    { name: "best_feature", type: "string", values: ["is_year", "has_comma"] },
    { name: "best_variance_reduction", type: "float64", values: Float64Array.of(0.123456, 0.5) },
  ]);
  await made.writeSummary({ model: "./tiny-gpt2-a" });
  await made.finish({ argv: [], options: {}, seeds: {} });
}

/** Runs of all five kinds below a folder, and the option that names each. */
async function makeRuns(folder: string) {
  const names = ["summary", "weights", "correlations", "explain", "neuron-df"];
  const at = Object.fromEntries(names.map((name) => [name, join(folder, name)]));
  const rows = join(folder, "rows.safetensors");
  const tokens = await writeRows(rows);
  const device = ["--device=onnx", "--threads=1"];
  const script = (name: string) => `scripts/universal_neurons/${name}.ts`;
  const summary = [`--model=${MODEL}`, `--tokens=${rows}`, "--vocab-top=30", ...device];
  await succeeds([script("summary"), ...summary, `--out=${at["summary"]}`]);
  const tops = ["--vocab-top=25", "--neuron-top=3"];
  await succeeds([
    script("weights"),
    `--model=${MODEL}`,
    ...tops,
    ...device,
    `--out=${at["weights"]}`,
  ]);
  await succeeds([
    script("correlations"),
    `--model-1=${MODEL}`,
    `--model-2=${OTHER}`,
    `--tokens=${rows}`,
    "--baseline=rotation",
    "--draws=1",
    ...device,
    `--out=${at["correlations"]}`,
  ]);
  await writeExplanation(at["explain"]!, at["weights"]!);
  const sources = ["summary", "weights", "correlations"].map((name) => `--${name}=${at[name]}`);
  await succeeds([script("neuron_df"), ...sources, `--out=${at["neuron-df"]}`]);
  const options = names.map((name) => `--${name}=${at[name]}`);
  return { at: at as Record<string, string>, options, rows, tokens };
}

type Made = Awaited<ReturnType<typeof makeRuns>>;

function isNear(shownValue: number, value: number, what: string): void {
  assert.ok(Math.abs(shownValue - value) <= Math.abs(value) * 5.01e-4, `${what}: ${value}`);
}

function rowOf({ data, shape }: HostArray, neuron: number): number[] {
  const width = elementCount(shape.slice(1));
  return [...data.subarray(neuron * width, (neuron + 1) * width)].map(Number);
}

function checkCounts({ first, counts }: SparseCounts, row: readonly number[]): void {
  const whole = row.map((_, bin) => counts[bin - first] ?? 0);
  assert.deepEqual(whole, row);
}

function checkRanked(shown: Ranked, row: { ids: number[]; values: number[] }, most: number): void {
  assert.deepEqual(shown.ids, row.ids.slice(0, most));
  shown.values.forEach((value, i) => isNear(value, row.values[i]!, "ranked"));
}

async function checkActivity(out: string, { at, tokens }: Made): Promise<void> {
  const summary = await readRun(at["summary"]!);
  const files = ["arrays", "subset_arxiv", "subset_git_hub"];
  for (const [part, file] of files.entries()) {
    const arrays = await summary.arrays(file);
    const array = (name: string, neuron: number) => rowOf(arrays[name]!, neuron);
    for (const neuron of LOOKED_AT) {
      const read = await readNeuron(out, neuron);
      const shown = part === 0 ? read.pooled! : read.subsets![part - 1]!;
      checkCounts(shown.histogram, array("neuron_bin_counts", neuron));
      for (const [key, name] of [["vocabMax", "vocab_max"], ["vocabMean", "vocab_mean"]] as const) {
        const ranking = { ids: array(`${name}_ix`, neuron), values: array(name, neuron) };
        checkRanked(shown[key]!, ranking, part === 0 ? 100 : 25);
      }
      const places = array("max_activating_index", neuron);
      const values = array("max_activating_value", neuron);
      const around = array("max_activating_context", neuron);
      const examples = shown.examples!;
      assert.equal(examples.length, part === 0 ? 20 : 5);
      examples.forEach((example, i) => {
        assert.equal(example.row * T + example.position, places[i]);
        isNear(example.value, values[i]!, "example");
        checkText(example, tokens);
        checkActivations(example, around.slice(41 * i, 41 * (i + 1)));
      });
    }
  }
}

function checkText({ tokens, at, row, position }: Example, corpus: Int32Array): void {
  const first = row * T + position - at;
  assert.deepEqual(tokens, [...corpus.subarray(first, first + tokens.length)]);
  assert.equal(at, Math.min(20, position));
  assert.equal(tokens.length - at - 1, Math.min(10, T - 1 - position));
}

/** Of 20 tokens on either side; rounded where the largest of them has its third digit. */
function checkActivations({ activations, at, value }: Example, around: readonly number[]): void {
  const kept = around.slice(20 - at, 20 - at + activations!.length);
  const most = Math.max(...kept.map(Math.abs));
  const own = Math.abs(activations![at]! - value);
  assert.ok(own <= 2 ** -10 * Math.abs(value) + 5.01e-3 * most + 2 ** -24, `${value}`);
  activations!.forEach((one, i) => {
    assert.ok(Math.abs(one! - kept[i]!) <= 5.01e-3 * most, `${one}, kept ${kept[i]}`);
  });
  assert.ok(around.slice(0, 20 - at).every(Number.isNaN), "before the row");
}

async function checkWeights(out: string, { at }: Made): Promise<void> {
  const arrays = await (await readRun(at["weights"]!)).arrays();
  const kinds = ["E_in", "U_in", "E_out", "U_out", "in_in", "in_out", "out_in", "out_out"];
  for (const neuron of LOOKED_AT) {
    const { compositions, heads } = await readNeuron(out, neuron);
    assert.deepEqual(Object.keys(compositions!), kinds);
    for (const [name, shown] of Object.entries(compositions!) as [string, Composition][]) {
      checkCounts(shown.histogram, rowOf(arrays[`${name}_hist`]!, neuron));
      for (const end of ["top", "bottom"] as const) {
        const ids = rowOf(arrays[`${name}_${end}_ix`]!, neuron);
        checkRanked(shown[end], { ids, values: rowOf(arrays[`${name}_${end}`]!, neuron) }, 20);
      }
    }
    for (const [name, values] of Object.entries(heads!)) {
      const row = rowOf(arrays[`comp_${name}`]!, neuron);
      assert.equal(values.length, 16);
      values.forEach((value, head) => isNear(value, row[head]!, name));
    }
  }
}

async function checkPartners(out: string, { at }: Made): Promise<void> {
  const real = await readSafetensors(join(at["correlations"]!, "real.safetensors"));
  for (const neuron of LOOKED_AT) {
    const [partner, ...others] = (await readNeuron(out, neuron)).partners!;
    assert.deepEqual([partner!.neuron, others], [real["max_corr_ix"]!.data[neuron], []]);
    isNear(partner!.corr, Number(real["max_corr"]!.data[neuron]), "correlation");
  }
}

async function checkColumns(out: string, { at }: Made): Promise<void> {
  const model = await readData<ViewerModel>(out, "model");
  const { columns } = await readTable(join(at["neuron-df"]!, "tables/neuron_df.parquet"));
  const names = model.columns.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 5), [
    ...["feature", "top_token", "max_token", "promoted_token", "suppressed_token"],
  ]);
  for (const name of Object.keys(columns).filter((name) => !/^(layer|neuron)$/.test(name))) {
    assert.ok(names.includes(name), name);
    const shown = await readData<ViewerColumn>(out, `column-${name}`);
    shown.forEach((value, i) => isNear(value!, Number(columns[name]![i]), name));
    const { min, max } = model.columns.find((column) => column.name === name)!;
    assert.deepEqual([min, max], [Math.min(...shown as number[]), Math.max(...shown as number[])]);
  }
  const weights = await readSafetensors(join(at["weights"]!, "arrays.safetensors"));
  const promoted = await readData<ViewerColumn>(out, "column-promoted_token");
  for (const i of LOOKED_AT) assert.equal(promoted[i], rowOf(weights["U_out_top_ix"]!, i)[0]);
  const feature = await readData<ViewerColumn>(out, "column-feature");
  assert.deepEqual(model.features, ["has_comma (prev_token)", "is_year"]);
  assert.deepEqual([feature.length, feature[3 * 512 + 5], feature[7], feature[8]], [N, 1, 0, null]);
  const explained = await readData<ViewerColumn>(out, "column-variance_reduction");
  assert.deepEqual([explained[3 * 512 + 5], explained[7], explained[8]], [0.1235, 0.5, null]);
}

async function checkModel(out: string): Promise<void> {
  const model = await readData<ViewerModel>(out, "model");
  const { layers, width, heads, vocab, shardNeurons, edges, partners } = model;
  assert.deepEqual([layers, width, heads, vocab, shardNeurons], [4, 512, 4, V, 8]);
  assert.deepEqual([edges.length, edges[0], edges[102], edges[255]], [256, -10, 0, 15]);
  assert.deepEqual([model.model, partners], ["tiny-gpt2-a", ["tiny-gpt2-b"]]);
  assert.deepEqual([model.subsets, model.missing], [["arxiv", "git hub"], {}]);
  const texts = await readData<string[]>(out, "tokens");
  assert.deepEqual([texts.length, texts[0]], [V, "<|endoftext|>"]);
  for (const line of Object.values(model.provenance)) {
    assert.doesNotMatch(line, /\/(tmp|home|work)/);
  }
}

/** The address that a server tells people; what it says later is not read. */
async function servedAt(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let said = "";
  for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    const address = /^serving (http:\/\/127\.0\.0\.1:\d+\/), this machine only$/m.exec(said)?.[1];
    if (address !== undefined) return address;
  }
  throw new TypeError(`Cannot find "serving": ${said}, expected an address`);
}

/** Waits until a file is gone. */
async function gone(path: string): Promise<void> {
  while (await Deno.stat(path).catch(() => undefined)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Every result of a finished folder; run.json has times. */
async function results(folder: string): Promise<Record<string, string>> {
  const { "run.json": _, ...others } = await contents(folder);
  return others;
}

Deno.test("un:viewer shows what the runs of a model say", (t) =>
  inFolder(async (folder) => {
    const made = await makeRuns(folder);
    const out = join(folder, "viewer");
    const asked = [SCRIPT, `--model=${MODEL}`, ...made.options];

    await t.step("every panel has the runs' numbers", async () => {
      const { stdout } = await succeeds([...asked, `--out=${out}`]);
      assert.equal(stdout, `${join(out, "index.html")}\n`);
      await checkModel(out);
      await checkActivity(out, made);
      await checkWeights(out, made);
      await checkPartners(out, made);
      await checkColumns(out, made);
    });

    await t.step("the same runs give the same bytes, and are kept", async () => {
      const again = join(folder, "again");
      await succeeds([...asked, `--out=${again}`]);
      assert.deepEqual(await results(again), await results(out));
      assert.match((await succeeds([...asked, `--out=${again}`])).stderr, /^kept /m);
    });

    await t.step("a build that is killed leaves no page, and the next one is whole", async () => {
      const before = await results(out);
      await using child = command([...asked, "--force", `--out=${out}`]).spawn();
      const ended = child.output();
      await gone(join(out, "run.json"));
      child.kill("SIGKILL");
      assert.equal((await ended).code, 137);
      const names = Object.keys(await contents(out));
      assert.ok(!names.includes("index.html") && names.includes("data/model.js"), names.join());
      await Deno.writeTextFile(join(out, "data", "shard-9999.js"), "left by a larger model");
      await succeeds([...asked, `--out=${out}`]);
      assert.deepEqual(await results(out), before);
    });

    await t.step("a build that is told to stop ends with 75", async () => {
      const stopped = join(folder, "stopped");
      await using child = command([...asked, `--out=${stopped}`]).spawn();
      const ended = child.output();
      while (!(await Deno.stat(join(stopped, "data/shard-0.js")).catch(() => undefined))) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill("SIGTERM");
      assert.equal((await ended).code, 75);
      assert.ok(!Object.keys(await contents(stopped)).includes("index.html"));
    });

    await t.step("--serve answers on 127.0.0.1 until it is told to end", async () => {
      await using child = command([...asked, "--quiet", `--out=${out}`, "--serve", "0"]).spawn();
      const address = await servedAt(child.stderr);
      const page = await fetch(address);
      assert.match(await page.text(), /<script src="app.js"/);
      assert.match(page.headers.get("content-security-policy")!, /script-src 'self'/);
      const data = await (await fetch(`${address}data/model.js`)).text();
      assert.equal(data, await Deno.readTextFile(join(out, "data", "model.js")));
      child.kill("SIGINT");
      const { success } = await child.status;
      assert.ok(success);
      assert.equal(await new Response(child.stdout).text(), `${join(out, "index.html")}\n`);
    });

    await t.step("runs of another model and rows of another run are refused", () =>
      refuses(folder, made));

    await t.step("examples are missing without their rows", async () => {
      await writeRows(made.rows, B * T);
      const changed = join(folder, "changed");
      await succeeds([...asked, `--out=${changed}`]);
      const { missing } = await readData<ViewerModel>(changed, "model");
      assert.match(missing.examples!.is, /changed since/);
      assert.equal((await readNeuron(changed, 3)).pooled!.examples, undefined);
      await Deno.remove(made.rows);
      const absent = join(folder, "absent");
      await succeeds([...asked, `--out=${absent}`]);
      const model = await readData<ViewerModel>(absent, "model");
      assert.match(model.missing.examples!.is, /not where they were/);
      assert.match(model.missing.examples!.command, /un:viewer --model tiny-gpt2-a --tokens/);
    });
  }));

/** A finished run of weights of the same size, of other files. */
async function writeOtherWeights(directory: string, like: string): Promise<void> {
  const { inputs } = (await readRun(like)).record;
  await using made = await openRun(directory, {
    script: "universal_neurons/weights",
    options: {},
    inputs: inputs.map((file) => ({ ...file, sha256: "0".repeat(64) })),
  });
  await made.writeArrays({ "w_in_norm": { data: new Float32Array(N), shape: [N] } });
  await made.writeSummary({ model: "./tiny-gpt2-b", layers: 4 });
  await made.finish({ argv: [], options: {}, seeds: {} });
}

async function refuses(folder: string, { at, options }: Made): Promise<void> {
  const others = join(folder, "others");
  await writeOtherWeights(others, at["weights"]!);
  const otherRows = join(folder, "other-rows.safetensors");
  await writeRows(otherRows, B * T);
  const asked = [SCRIPT, `--model=${MODEL}`, ...options, `--out=${join(folder, "refused")}`];
  const cases: [string[], number, RegExp][] = [
    [[`--weights=${others}`], 2, /others": un:weights of tiny-gpt2-b .*expected tiny-gpt2-a/],
    [[`--weights=${at["summary"]}`], 4, /a run of universal_neurons\/summary, expected .*weights/],
    [[`--explain=${folder}`], 4, /no finished run, expected .*explain/],
    [[`--tokens=${otherRows}`], 4, /E-TOKENS.*expected the rows that the summary in/],
    [["8417"], 2, /"8417": a number without --serve/],
  ];
  for (const [given, code, message] of cases) {
    const { exit, stderr } = await run([...asked, ...given]);
    assert.equal(exit, code, stderr);
    assert.match(stderr, message);
  }
  const ofOther = [...asked, `--model=${OTHER}`];
  assert.match((await run(ofOther)).stderr, /un:summary of tiny-gpt2-a .*expected tiny-gpt2-b/);
}
