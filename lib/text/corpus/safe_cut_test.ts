import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import { openTokenizer, type TextTokenizer } from "../../model/tokenizer.ts";
import { firstSafeCut, isSafeCut, lastSafeCut, mayCut, tokenizerMayCut } from "./safe_cut.ts";
import { StreamEncoder } from "./stream_encoder.ts";

const DIRECTORY = "cache/models/tiny-gpt2-a";
const definition = JSON.parse(await Deno.readTextFile(join(DIRECTORY, "tokenizer.json")));
const byteLevel = { type: "ByteLevel", "add_prefix_space": false };
const gpt2 = { ...definition, "pre_tokenizer": byteLevel };
const spaces = [1, 2, 3, 4].map((n, i) => ({ id: 60 + i, content: " ".repeat(n + 1) }));
/** GPT-NeoX's kind: NFC, and runs of spaces as tokens of their own. */
const neox = {
  ...gpt2,
  normalizer: { type: "NFC" },
  "added_tokens": [
    ...definition.added_tokens,
    ...spaces.map((token) => ({ ...token, normalized: true, special: false })),
  ],
};

const word = fc.oneof(
  fc.constantFrom(
    "the",
    "year",
    "1732",
    "17",
    "3",
    "don't",
    "I'll",
    "'s",
    "Ünïcode",
    "e\u0301",
    "日本語",
  ),
  fc.constantFrom(
    ".",
    ",",
    '."',
    "--",
    "<|endoftext|>",
    "<|endof",
    "\u00a8",
    "😀",
    "\u0301",
    "。",
    "#",
  ),
  fc.constantFrom(
    " ",
    "  ",
    "   ",
    "\n",
    "\n\n",
    " \n",
    "\t",
    "\u00a0",
    "\r\n",
    "\u0085",
    "\u3000",
  ),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(""));

function encoded(tokenizer: TextTokenizer, pieces: string[], pieceLength: number): number[] {
  const encoder = new StreamEncoder(tokenizer, { vocabSize: 4096, mayCut: true, pieceLength });
  return [...pieces.flatMap((piece) => [...encoder.push(piece)]), encoder.flush()]
    .flatMap((ids) => [...ids]);
}

for (const [kind, changed] of Object.entries({ "the zoo": definition, "GPT-2": gpt2, neox })) {
  Deno.test(`StreamEncoder gives the tokens of the whole text with a tokenizer like ${kind}`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "tokenizer.json"), JSON.stringify(changed));
      const tokenizer = await openTokenizer(folder);
      assert.ok(await tokenizerMayCut(tokenizer));
      fc.assert(
        fc.property(text, fc.integer({ min: 1, max: 20 }), (text, pieceLength) => {
          const whole = [...tokenizer.encode(text)];
          assert.deepEqual(encoded(tokenizer, [text], pieceLength), whole);
          const pieces = text.match(/[\s\S]{1,11}/gu) ?? [];
          assert.deepEqual(encoded(tokenizer, pieces, pieceLength), whole);
        }),
        { numRuns: 500 },
      );
    }));
}

Deno.test("StreamEncoder gives the tokens of the whole embedded text, cut or not", async () => {
  const tokenizer = await openTokenizer(DIRECTORY);
  const text = await Deno.readTextFile("cache/text/sample.txt");
  const whole = [...tokenizer.encode(text)];
  for (const pieceLength of [300, 1 << 16]) {
    assert.deepEqual(encoded(tokenizer, [text], pieceLength), whole);
  }
});

Deno.test("isSafeCut() allows only a space or newline after a letter, digit or punctuation", () => {
  const places = (text: string) => [...text].map((_, at) => at).filter((at) => isSafeCut(text, at));
  assert.deepEqual(places("ab  c.\n\nd 1\n"), [2, 6, 9, 11]);
  assert.deepEqual(places(" a\tb\u00a0c> d"), []);
  assert.equal(lastSafeCut("a b c", 1, 4), 3);
  assert.equal(lastSafeCut("a b c", 1, 2), -1);
  assert.equal(firstSafeCut("a b c", 2), 3);
  assert.equal(firstSafeCut("abc", 0), -1);
});

Deno.test("mayCut() trusts no tokenizer whose words reach over a cut", () => {
  const llama = { type: "Split", pattern: { Regex: "[^\\s\\p{L}\\p{N}]+[\\r\\n]*" } };
  const added = (token: object) => ({ "added_tokens": [{ content: "<x>", ...token }] });
  const refused = [
    { "pre_tokenizer": { type: "Metaspace" } },
    { "pre_tokenizer": null },
    { "pre_tokenizer": { ...byteLevel, "add_prefix_space": true } },
    { "pre_tokenizer": { ...byteLevel, "use_regex": false } },
    { "pre_tokenizer": { type: "Sequence", pretokenizers: [llama, byteLevel] } },
    { "pre_tokenizer": { type: "Sequence", pretokenizers: [] } },
    { normalizer: { type: "Strip" } },
    { normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Prepend" }] } },
    added({ rstrip: true }),
    added({ "single_word": true }),
    added({ content: "New York" }),
  ];
  for (const change of refused) {
    assert.equal(mayCut({ ...gpt2, ...change }), false, JSON.stringify(change));
  }
  assert.ok(mayCut({ ...gpt2, ...added({ lstrip: true }) }));
  for (const nothing of [null, {}, [], { "added_tokens": [] }]) {
    assert.equal(mayCut(nothing), false);
  }
});

Deno.test("StreamEncoder refuses an id outside the vocabulary", async () => {
  const tokenizer = await openTokenizer(DIRECTORY);
  const [most] = [...tokenizer.encode("year")];
  const encoder = new StreamEncoder(tokenizer, { vocabSize: most!, mayCut: true });
  assert.deepEqual([...encoder.push("year")], []);
  assert.throws(() => encoder.flush(), {
    code: "E-TOKENS",
    message: new RegExp(`^Cannot use "token ${most}": an id of .+ expected 0 to ${most! - 1}$`),
  });
});
