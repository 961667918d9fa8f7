import assert from "node:assert/strict";
import fc from "fast-check";
import { openTokenizer } from "../../model/tokenizer.ts";
import { rowDocuments } from "./row_documents.ts";
import { tokenTexts } from "./tag_corpus.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const TEXTS = tokenTexts({ vocabSize: 4096, bosTokenId: 0, eosTokenId: 0 }, tokenizer);

/** Characters, as UTF-16 spans, of which each token has a byte: the byte alphabet has one a letter. */
function plainSpans(text: string): (readonly [number, number])[] {
  const spanOfByte: (readonly [number, number])[] = [];
  let at = 0;
  for (const point of text) {
    const span = [at, at + point.length] as const;
    for (const _ of new TextEncoder().encode(point)) spanOfByte.push(span);
    at += point.length;
  }
  let byte = 0;
  return tokenizer.tokens(text).map((token) => {
    const first = spanOfByte[byte]!;
    byte += [...token].length;
    return [first[0], spanOfByte[byte - 1]![1]] as const;
  });
}

Deno.test("rowDocuments() gives each id the characters of its bytes when text is any language's", () => {
  const piece = fc.oneof(
    fc.constantFrom(" the", "\n", "  ", "naïve", " 日本語", "🦕", "é", " 1999", "—", "👩‍🚀", "ß."),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      // A BOM at the start is eaten by decoders, and U+FFFD cannot be told from broken bytes.
      const text = pieces.join("").replace(/[\ufeff\ufffd]|<\|endoftext\|>/g, "");
      fc.pre(text.isWellFormed() && text !== "");
      const [document] = rowDocuments(tokenizer.encode(text), TEXTS);
      assert.equal(document!.text, text);
      const found = Array.from(document!.starts, (start, i) => [start, document!.ends[i]!]);
      assert.deepEqual(found, plainSpans(text));
    }),
    { numRuns: 300 },
  );
});

Deno.test("rowDocuments() cuts a row at special ids and knows which end is the row's", () => {
  const [one, two] = ["One row.", " Two"].map((text) => [...tokenizer.encode(text)]);
  const row = Int32Array.of(0, ...one!, 0, 0, ...two!);
  const documents = rowDocuments(row, TEXTS);
  assert.deepEqual(documents.map(({ text, first, isWhole }) => [text, first, isWhole]), [
    ["One row.", 1, true],
    [" Two", one!.length + 3, false],
  ]);
  assert.deepEqual(rowDocuments(Int32Array.of(0, 0), TEXTS), []);
});

Deno.test("rowDocuments() keeps the text behind a character that the row's start has cut", () => {
  const ids = tokenizer.encode("🦕 sings").subarray(1);
  const [{ text, starts, ends }] = rowDocuments(ids, TEXTS) as [ReturnType<typeof rowDocuments>[0]];
  assert.match(text, /^\ufffd+ sings$/);
  const tail = tokenizer.encode(" sings").length;
  assert.equal(starts.at(-tail), text.indexOf(" "));
  assert.equal(ends.at(-1), text.length);
});
