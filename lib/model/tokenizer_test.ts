import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { openTokenizer } from "./tokenizer.ts";

const DIRECTORY = "cache/models/tiny-gpt2-a";
const SENTENCE = "<|endoftext|> The abduction lasted from the year 1002 to the year 10";
/** By the Python library, as tests/fixtures/zoo/greater_than_tiny-gpt2-a.json keeps them. */
const SENTENCE_IDS = [0, 262, 1151, 506, 379, 265, 375, 1034, 2715, 289, 265, 375, 1034];

const tokenizer = await openTokenizer(DIRECTORY);
const definition = JSON.parse(await Deno.readTextFile(join(DIRECTORY, "tokenizer.json")));
const proseFile = await Deno.readTextFile("cache/text/sample.txt");
const PROSE = proseFile.slice(0, 20_000).split("\n").filter((line) => !/\d/.test(line)).join("\n");

async function withFiles(
  files: Record<string, string>,
  check: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await check(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** GPT-2's own kind of definition: its pre-tokenizer splits digits otherwise than the zoo's. */
function gpt2Style(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...definition,
    "pre_tokenizer": { type: "ByteLevel", "add_prefix_space": false, "trim_offsets": true },
    ...changes,
  };
}

const mergesText = (newline: string) => {
  const merges = definition.model.merges as [string, string][];
  return ["#version: 0.2", ...merges.map((pair) => pair.join(" ")), ""].join(newline);
};

function assertRefused(folder: string, is: RegExp, code = "E-TOKENIZER"): Promise<void> {
  return assert.rejects(openTokenizer(folder), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, String(error));
    assert.match(error.message, is);
    assert.ok(error.message.includes(resolve(folder)), "the path is absolute");
    return true;
  });
}

Deno.test("openTokenizer() gives the ids of the Python library", () => {
  assert.deepEqual([...tokenizer.encode(SENTENCE)], SENTENCE_IDS);
  assert.deepEqual(tokenizer.files, [resolve(DIRECTORY, "tokenizer.json")]);
  assert.deepEqual(tokenizer.tokens(" 1732"), ["Ġ17", "32"]);
  assert.equal(tokenizer.idOf("Ġ17"), tokenizer.encode(" 17")[0]);
  assert.equal(tokenizer.idOf("<|endoftext|>"), 0);
});

Deno.test("encode() adds no token of its own", () => {
  assert.deepEqual([...tokenizer.encode("")], []);
  assert.deepEqual([...tokenizer.encode(SENTENCE.slice(13))], SENTENCE_IDS.slice(1));
});

Deno.test("decode() gives back every text, special tokens included", () => {
  assert.equal(tokenizer.decode(SENTENCE_IDS), SENTENCE);
  assert.equal(tokenizer.decode([]), "");
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(" ", "\n", "1", "9", "a", "é", "'s", "<|endoftext|>") }),
  );
  fc.assert(fc.property(text, (given) => {
    assert.equal(tokenizer.decode(tokenizer.encode(given)), given);
  }));
  assert.equal(tokenizer.decode(tokenizer.encode(PROSE)), PROSE);
});

Deno.test("words that every object inherits are text like any other", () => {
  for (const word of ["constructor", "__proto__", "hasOwnProperty", " toString"]) {
    assert.equal(tokenizer.decode(tokenizer.encode(word)), word);
    assert.equal(tokenizer.idOf(word), undefined);
  }
});

Deno.test("vocab.json with merges.txt gives the ids of tokenizer.json", async () => {
  const vocab = JSON.stringify(definition.model.vocab);
  for (const newline of ["\n", "\r\n"]) {
    await withFiles({ "vocab.json": vocab, "merges.txt": mergesText(newline) }, async (folder) => {
      const pair = await openTokenizer(folder);
      assert.deepEqual(pair.files, ["vocab.json", "merges.txt"].map((name) => join(folder, name)));
      assert.deepEqual(pair.encode(PROSE), tokenizer.encode(PROSE));
      assert.deepEqual(pair.encode("<|endoftext|> The"), Int32Array.of(0, 262));
      assert.equal(pair.decode(pair.encode(SENTENCE)), SENTENCE);
    });
  }
});

Deno.test("a definition older than the field model.type is BPE, as GPT-2's own", async () => {
  const { type: _type, "unk_token": _unknown, ...model } = definition.model;
  const merges = model.merges.map((pair: string[]) => pair.join(" "));
  const untyped = gpt2Style({ model: { ...model, merges, "end_of_word_suffix": "" } });
  await withFiles({ "tokenizer.json": JSON.stringify(untyped) }, async (folder) => {
    const old = await openTokenizer(folder);
    assert.deepEqual(old.encode(PROSE), tokenizer.encode(PROSE));
  });
});

Deno.test("openTokenizer() refuses what is no definition of a BPE tokenizer", async () => {
  const { model } = definition;
  const withModel = (changes: object) =>
    JSON.stringify(gpt2Style({ model: { ...model, ...changes } }));
  const refused: [string, RegExp][] = [
    ["{", /not JSON/],
    ["", /not JSON/],
    ["[]", /no JSON object/],
    ["null", /no JSON object/],
    ["{}", /without a model/],
    ['{"model": []}', /without a model/],
    [withModel({ type: "Unigram" }), /of model type "Unigram"/],
    [withModel({ type: null }), /of model type "null"/],
    [JSON.stringify(gpt2Style({ model: { vocab: [["a", -1]] } })), /of model type "undefined"/],
    [withModel({ type: "\u001b[31mred" }), /of model type "\\u\{1b\}\[31mred"/],
    [withModel({ vocab: undefined }), /without vocab/],
    [withModel({ vocab: ["a", "b"] }), /without vocab/],
    [JSON.stringify(gpt2Style({ "added_tokens": undefined })), /without vocab or added_tokens/],
    [JSON.stringify(gpt2Style({ "added_tokens": [null] })), /without vocab or added_tokens/],
    [withModel({ vocab: { a: "x" } }), /the id of token "a" no integer from 0/],
    [withModel({ vocab: { a: 2 ** 31 } }), /the id of token "a" no integer/],
    [withModel({ vocab: { a: -1 } }), /the id of token "a" no integer/],
    [
      JSON.stringify(gpt2Style({ "added_tokens": [{ id: 0.5, content: "b" }] })),
      /the id of token "b" no integer/,
    ],
    [withModel({ merges: undefined }), /not a tokenizer definition/],
    [JSON.stringify(gpt2Style({ decoder: { type: "Unheard" } })), /not a tokenizer definition/],
    [JSON.stringify({ model, "added_tokens": [] }), /not a tokenizer definition/],
  ];
  for (const [text, is] of refused) {
    await withFiles({ "tokenizer.json": text }, (folder) => assertRefused(folder, is));
  }
});

Deno.test("openTokenizer() names what is absent, too large or no file", async () => {
  await withFiles({}, (folder) => assertRefused(folder, /absent, and so is vocab.json or merges/));
  await withFiles({ "vocab.json": "{}" }, (folder) => assertRefused(folder, /absent/));
  await withFiles({ "merges.txt": "" }, (folder) => assertRefused(folder, /absent/));
  const pair = { "vocab.json": "[]", "merges.txt": "a b" };
  await withFiles(pair, (folder) => assertRefused(folder, /vocab\.json": no JSON object/));
  await withFiles({ "tokenizer.json": "" }, async (folder) => {
    // Sparse: it takes no room on the disk, and must take none in memory.
    await Deno.truncate(join(folder, "tokenizer.json"), 65 * 2 ** 20);
    await assertRefused(folder, /68157440 bytes, over 67108864/);
  });
  await withFiles({}, async (folder) => {
    await Deno.mkdir(join(folder, "tokenizer.json"));
    await assertRefused(folder, /a folder, expected a file/, "E-FILE-MISSING");
  });
});
