import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { inFolder } from "../../../tests/folders.ts";
import { parquetReadObjects } from "hyparquet";
import { readConfig } from "../../model/config/read_config.ts";
import { readTokenRows } from "../../model/token_file.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { ROWS_PROBE, tokenizerProbe } from "../../model/tokenizer_probe.ts";
import { openSafetensors, readSafetensors } from "../../store/format/safetensors.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { buildDataset, type DatasetOptions } from "./build_dataset.ts";
import { type CorpusOptions, readCorpus } from "./corpus.ts";
import { openCorpus } from "./open_corpus.ts";
import { tokenizerMayCut } from "./safe_cut.ts";
import { specialIds } from "./special_ids.ts";

const SAMPLE = "cache/text/sample.txt";
const EXPECTED = "../shared/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const config = await readConfig("cache/models/tiny-gpt2-a");
const mayCut = await tokenizerMayCut(tokenizer);
const hasShared = await Deno.stat(EXPECTED).then(() => true, () => false);

async function build(
  folder: string,
  files: string[],
  { corpus = {}, ...options }: Partial<DatasetOptions> & { corpus?: CorpusOptions } = {},
) {
  const { sources, inputs } = await openCorpus(files);
  await using run = await openRun(folder, { script: "test", options: {}, inputs });
  const summary = await buildDataset(run, readCorpus(sources, corpus), {
    ...specialIds(config, tokenizer),
    tokenizer,
    vocabSize: config.vocabSize,
    mayCut,
    mode: "corrected",
    ctx: 128,
    prependBos: true,
    leastCharacters: 0,
    parquet: true,
    ...options,
  });
  await run.finish({ argv: [], options: {}, seeds: {} });
  const tokens = await readTokenRows(join(folder, "tokens.safetensors"), "tokens");
  return { summary, tokens, left: await Array.fromAsync(Deno.readDir(folder)) };
}

Deno.test("buildDataset() writes rows of the embedded text that every reader agrees on", () =>
  inFolder(async (folder) => {
    const { summary, tokens, left } = await build(folder, [SAMPLE]);
    assert.deepEqual(tokens.shape, [1108, 128]);
    assert.equal(summary.rows, 1108);
    const ids = tokenizer.encode(await Deno.readTextFile(SAMPLE));
    for (const row of [0, 1, 500, 1107]) {
      const found = tokens.data.subarray(row * 128, (row + 1) * 128);
      assert.deepEqual([...found], [0, ...ids.subarray(row * 127, (row + 1) * 127)]);
    }
    const file = (await Deno.readFile(join(folder, "tables/rows.parquet"))).buffer;
    const rows = await parquetReadObjects({ file });
    assert.deepEqual(rows.flatMap(({ tokens }) => tokens), [...tokens.data]);
    assert.deepEqual(
      left.map(({ name }) => name).filter((name) => name !== ".neurite.lock").sort(),
      [
        "run.json",
        "tables",
        "tokens.safetensors",
      ],
    );
  }));

Deno.test({
  name: "buildDataset() makes the rows of the PyTorch reference when it is there",
  // The fixture stands beside the checkout on some machines only.
  ignore: !hasShared,
  fn: () =>
    inFolder(async (folder) => {
      const { tokens } = await build(folder, [SAMPLE], { rows: 128, parquet: false });
      const expected = (await readSafetensors(EXPECTED)).tokens!;
      assert.deepEqual(tokens, expected);
    }),
});

Deno.test("buildDataset() gives the same bytes when texts are encoded in other pieces", () =>
  inFolder(async (folder) => {
    const part = join(folder, "part.txt");
    await Deno.writeTextFile(part, (await Deno.readTextFile(SAMPLE)).slice(0, 90_000));
    for (const mode of ["corrected", "original"] as const) {
      const made = [];
      for (const pieceLength of [1000, 1 << 16]) {
        const out = join(folder, `${mode}${pieceLength}`);
        await build(out, [part], { mode, pieceLength });
        made.push(await Deno.readFile(join(out, "tokens.safetensors")));
        made.push(await Deno.readFile(join(out, "tables/rows.parquet")));
      }
      assert.deepEqual(made.slice(0, 2), made.slice(2));
    }
  }));

Deno.test("buildDataset() reads one corpus from every format and compression", () =>
  inFolder(async (folder) => {
    const texts = (await Deno.readTextFile(SAMPLE)).slice(0, 30_000).split("\n")
      .filter((text) => text !== "");
    const lines = new TextEncoder().encode(
      texts.map((text) => JSON.stringify({ text })).join("\n"),
    );
    const files = {
      "a.txt": new TextEncoder().encode(texts.join("\n")),
      "a.jsonl": lines,
      "a.jsonl.gz": gzipSync(lines),
      "a.ndjson.zst": zstdCompressSync(lines),
    };
    const all = [];
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(folder, name), bytes);
      const corpus = name === "a.txt" ? { separator: "\n" } : {};
      const out = join(folder, `out ${name}`);
      const { tokens } = await build(out, [join(folder, name)], {
        ctx: 64,
        parquet: false,
        corpus,
      });
      all.push(tokens);
    }
    for (const tokens of all) assert.deepEqual(tokens, all[0]);
  }));

Deno.test("buildDataset() labels rows by file, shuffles them by seed and takes the first", () =>
  inFolder(async (folder) => {
    const sample = await Deno.readTextFile(SAMPLE);
    const files = ["Pile-CC.txt", "arxiv.jsonl.gz"].map((name) => join(folder, name));
    await Deno.writeTextFile(files[0]!, sample.slice(0, 40_000));
    await Deno.writeFile(
      files[1]!,
      gzipSync(JSON.stringify({ text: sample.slice(90_000, 110_000) })),
    );
    const more = { corpus: { subset: "file" }, ctx: 32 };
    const plain = await build(join(folder, "plain"), files, more);
    const count = plain.summary.rows as number;
    assert.deepEqual(Object.keys(plain.summary.subset_rows as object), ["pile_cc", "arxiv"]);
    const shuffled = [];
    for (const out of ["x", "y"]) {
      await build(join(folder, out), files, { ...more, shuffle: 3, rows: 50 });
      shuffled.push(await Deno.readFile(join(folder, out, "tokens.safetensors")));
    }
    assert.deepEqual(shuffled[0], shuffled[1]);
    await using file = await openSafetensors(join(folder, "x/tokens.safetensors"));
    assert.equal(file.metadata.subset_names, '["pile_cc","arxiv"]');
    assert.equal(file.metadata[ROWS_PROBE], tokenizerProbe(tokenizer));
    const [tokens, subset] = [await file.read("tokens"), await file.read("subset")];
    assert.deepEqual([tokens.shape, subset.shape], [[50, 32], [50]]);
    const labels = Array.from(subset.data as Int32Array);
    // Every row kept is a row of the whole, with the label it had there.
    const whole = await readSafetensors(join(folder, "plain/tokens.safetensors"));
    const rowsOf = (data: ArrayLike<number | bigint>, rows: number) =>
      Array.from(
        { length: rows },
        (_, row) => Array.from(data).slice(row * 32, row * 32 + 32).join(),
      );
    const known = new Map(
      rowsOf(whole.tokens!.data, count).map((row, i) => [row, whole.subset!.data[i]]),
    );
    rowsOf(tokens.data, 50).forEach((row, i) => assert.equal(known.get(row), labels[i]));
    const table = await Deno.readFile(join(folder, "x/tables/rows.parquet"));
    const records = await parquetReadObjects({ file: table.buffer });
    assert.deepEqual(
      records.map(({ subset }) => subset),
      labels.map((label) => ["pile_cc", "arxiv"][label]),
    );
    assert.ok(new Set(labels).size === 2, "one subset only");
  }));

Deno.test("buildDataset() says how little text there is for a row, and leaves nothing", () =>
  inFolder(async (folder) => {
    const [short, empty, out] = ["short.txt", "empty.txt", "out"].map((name) => join(folder, name));
    await Deno.writeTextFile(short!, "The war lasted.");
    await Deno.writeTextFile(empty!, "");
    await assert.rejects(build(out!, [short!]), {
      code: "E-CORPUS",
      message: 'Cannot fill rows of "128 tokens": 1 documents with 4 tokens, ' +
        "expected at least 127 tokens of text beside BOS",
    });
    await assert.rejects(build(out!, [empty!]), { message: /: an empty corpus, expected/ });
    await assert.rejects(build(out!, [short!], { leastCharacters: 51, mode: "original" }), {
      message: /: an empty corpus, 1 short documents, expected/,
    });
    assert.deepEqual(await Array.fromAsync(Deno.readDir(out!)), []);
  }));

Deno.test("specialIds() refuses a tokenizer that does not know the model's EOS as one token", () => {
  for (const eosTokenId of [5000, -1, null]) {
    assert.throws(() => specialIds({ bosTokenId: null, eosTokenId }, tokenizer), {
      code: "E-TOKENIZER",
    });
  }
  assert.deepEqual(specialIds({ bosTokenId: null, eosTokenId: 0 }, tokenizer), { bos: 0, eos: 0 });
});
