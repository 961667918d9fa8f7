/**
 * Texts that cannot become token rows.
 *
 * @module
 */
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ROOT } from "../house/tree.ts";
import type { BadInput, Prepared } from "./case.ts";
import { editJson } from "./damage.ts";
import { mountDisk } from "./disk.ts";

const MODEL = join(ROOT, "cache/models/tiny-gpt2-a");
const LINE = `${JSON.stringify({ text: "The war lasted from the year 1732 to the year 1756." })}\n`;

/** `make_dataset` on a file, over the folder `out` that is already there. */
function dataset(folder: string, file: string, ...more: string[]): string[] {
  return [
    "scripts/universal_neurons/make_dataset.ts",
    `--text=${join(folder, file)}`,
    `--model=${MODEL}`,
    "--ctx=8",
    `--out=${join(folder, "out")}`,
    ...more,
  ];
}

/** Prepares a file of this content. */
function withText(file: string, content: string | Uint8Array, ...more: string[]) {
  return async (folder: string): Promise<Prepared> => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(folder, file), bytes);
    return { command: dataset(folder, file, ...more) };
  };
}

/** Prepares the embedded model with other JSON in one of its files. */
function withModel(file: string, edit: Record<string, unknown>) {
  return async (folder: string): Promise<Prepared> => {
    const model = join(folder, "model");
    await Deno.mkdir(model);
    for (const name of ["config.json", "model.safetensors", "tokenizer.json"]) {
      await Deno.copyFile(join(MODEL, name), join(model, name));
    }
    await editJson(join(model, file), edit);
    const { command } = await withText("a.txt", LINE.repeat(9))(folder);
    return { command: [...command, `--model=${model}`] };
  };
}

const gzipped = gzipSync(LINE.repeat(99));
const zstandard = zstdCompressSync(new TextEncoder().encode(LINE.repeat(99)));

/** Corpora. */
export const CORPUS_CASES: readonly BadInput[] = [
  {
    name: "corpus that is not there",
    prepare: (folder) => Promise.resolve({ command: dataset(folder, "nowhere.txt") }),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /read "DIR\/nowhere\.txt": no such file, expected an existing path$/,
  },
  {
    name: "corpus that is a folder",
    prepare: (folder) => Promise.resolve({ command: dataset(folder, "out") }),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /read "DIR\/out": a folder, expected a file$/,
  },
  {
    name: "corpus on no server",
    prepare: (folder) =>
      Promise.resolve({
        command: [...dataset(folder, "x"), "--text=http://127.0.0.1:9/pile.jsonl"].toSpliced(1, 1),
      }),
    exit: 4,
    code: "E-CORPUS",
    message: /fetch "http:\/\/127\.0\.0\.1:9\/pile\.jsonl": .+, expected the whole file/,
  },
  {
    name: "no corpus at all",
    prepare: (folder) => Promise.resolve({ command: dataset(folder, "x").toSpliced(1, 1) }),
    exit: 2,
    code: "E-USAGE",
    message: /run "un:make-dataset": neither --text nor --dataset, expected one of them$/,
  },
  {
    name: "dataset under HF_HUB_OFFLINE",
    prepare: (folder) =>
      Promise.resolve({
        command: dataset(folder, "x", "--dataset=org/set").toSpliced(1, 1),
        env: { HF_HUB_OFFLINE: "1" },
      }),
    exit: 4,
    code: "E-HUB-OFFLINE",
    message: /dataset "org\/set": HF_HUB_OFFLINE is set, expected leave to ask the Hub/,
  },
  {
    name: "text in Latin-1",
    prepare: withText("a.txt", Uint8Array.of(0x6e, 0x61, 0xef, 0x76, 0x65)),
    exit: 4,
    code: "E-CORPUS",
    message: /text "DIR\/a\.txt": byte 0xef at offset 2, which is not UTF-8, expected UTF-8$/,
  },
  {
    name: "line that is not JSON",
    prepare: withText("a.jsonl", `${LINE}${LINE}{"text":\n`),
    exit: 4,
    code: "E-CORPUS",
    message: /line 3 of "DIR\/a\.jsonl": not JSON, expected one JSON object a line$/,
  },
  {
    name: "line without the field",
    prepare: withText("a.jsonl", LINE, "--column=content"),
    exit: 4,
    code: "E-CORPUS",
    message: /line 1 of ".+": field "content" absent, expected a text in that field$/,
  },
  {
    name: "gzip cut short",
    prepare: withText("a.jsonl.gz", gzipped.subarray(0, -9)),
    exit: 4,
    code: "E-CORPUS",
    message: /gzip "DIR\/a\.jsonl\.gz": cut short, expected a whole gzip file$/,
  },
  {
    name: "Zstandard cut short",
    prepare: withText("a.jsonl.zst", zstandard.subarray(0, -9)),
    exit: 4,
    code: "E-CORPUS",
    message: /Zstandard "DIR\/a\.jsonl\.zst": cut short, expected a whole Zstandard file$/,
  },
  {
    name: "Parquet that is none",
    prepare: withText("a.parquet", LINE.repeat(9)),
    exit: 4,
    code: "E-CORPUS",
    message: /table "DIR\/a\.parquet": .+, expected a Parquet file$/,
  },
  {
    name: "empty corpus",
    prepare: withText("a.txt", ""),
    exit: 4,
    code: "E-CORPUS",
    message: /rows of "8 tokens": an empty corpus, expected at least 7 tokens of text beside BOS$/,
  },
  {
    name: "context longer than the corpus",
    prepare: withText("a.jsonl", LINE, "--ctx=64"),
    exit: 4,
    code: "E-CORPUS",
    message: /rows of "64 tokens": 1 documents with \d+ tokens, expected at least 63 tokens/,
  },
  {
    name: "tokenizer of another vocabulary",
    prepare: withModel("config.json", { "vocab_size": 300 }),
    exit: 4,
    code: "E-TOKENS",
    message: /"token \d+": an id of DIR\/model\/tokenizer\.json outside .+, expected 0 to 299$/,
  },
  {
    name: "tokenizer without the model's EOS",
    prepare: withModel("config.json", { "eos_token_id": 50_256, "bos_token_id": 50_256 }),
    exit: 4,
    code: "E-TOKENIZER",
    message: /with "DIR\/model\/tokenizer\.json": id 50256 of config\.json "", 0 tokens, expected/,
  },
  {
    name: "token rows on a full disk",
    prepare: async (folder) => {
      const disk = await mountDisk(folder, { isReadOnly: false });
      if (!disk) return undefined;
      const { command } = await withText("a.jsonl", LINE.repeat(9000))(folder);
      return { command: [...command, `--out=${disk.path}`], release: disk.release };
    },
    exit: 4,
    code: "E-FILE-FULL",
    message: /write "DIR\/disk\/\.rows.+": the disk is full, expected free space$/,
  },
];
