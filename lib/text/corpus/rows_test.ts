// The two ways from documents to rows, each against a plain retelling of its rule.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { correctedRows } from "./corrected_rows.ts";
import { noCounts, type RowSettings } from "./make_rows.ts";
import { originalRows } from "./original_rows.ts";
import { openRowStore } from "./row_store.ts";
import { SubsetNames } from "./subset_names.ts";
import { streamOf } from "./testing.ts";
import type { TextPiece } from "./text_piece.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const EOS = 0;

interface Document {
  readonly text: string;
  readonly subset?: string;
}

type Made = { rows: number[][]; subsets: number[]; counts: ReturnType<typeof noCounts> };

/** Documents cut into pieces of `cut` characters. */
function* inPieces(documents: readonly Document[], cut: number): Generator<TextPiece> {
  for (const { text, ...label } of documents) {
    const characters = [...text];
    for (let at = 0; at === 0 || at < characters.length; at += cut) {
      const isLast = at + cut >= characters.length;
      yield { text: characters.slice(at, at + cut).join(""), isLast, ...label };
    }
  }
}

function make(
  how: typeof correctedRows,
  documents: readonly Document[],
  { ctx, cut = 1e9, ...more }: { ctx: number; cut?: number } & Partial<RowSettings>,
): Promise<Made> {
  return inFolder(async (folder) => {
    await using store = await openRowStore(folder, ctx);
    const counts = await how(streamOf(inPieces(documents, cut)), {
      tokenizer,
      vocabSize: 4096,
      mayCut: true,
      separator: EOS,
      bos: EOS,
      store,
      subsets: new SubsetNames(),
      scratchFolder: folder,
      ...more,
    });
    const order = Array.from({ length: store.count }, (_, row) => row);
    const flat = (await Array.fromAsync(store.blocks(order))).flatMap((block) => [...block]);
    const rows = order.map((row) => flat.slice(row * ctx, (row + 1) * ctx));
    return { rows, subsets: [...store.subsets(order)], counts };
  });
}

const cutRows = (ids: readonly number[], ctx: number) =>
  Array.from({ length: Math.floor(ids.length / (ctx - 1)) }, (_, i) => [
    EOS,
    ...ids.slice(i * (ctx - 1), (i + 1) * (ctx - 1)),
  ]);

/** Spec section 1.1, as the Python does it. */
function originalByHand(texts: readonly string[], ctx: number): number[][] {
  const rows: number[][] = [];
  for (let first = 0; first < texts.length; first += 1000) {
    const full = [...texts.slice(first, first + 1000).join("<|endoftext|>")];
    const length = Math.floor((full.length - 1) / 20) + 1;
    const chunks = Array.from({ length: 20 }, (_, i) => full.slice(i * length, (i + 1) * length));
    const ids = chunks.flatMap((chunk) =>
      chunk.length === 0 ? [] : [...tokenizer.encode(chunk.join(""))]
    );
    rows.push(...cutRows(ids.filter((id) => id !== EOS), ctx));
  }
  return rows;
}

const words = fc.array(
  fc.constantFrom("the ", "war ", "in 1732", ".\n", "naïve", "😀", "<|endoftext|>", "  ", "x"),
  { maxLength: 25 },
).map((parts) => parts.join(""));
const sizes = fc.record({
  ctx: fc.integer({ min: 2, max: 9 }),
  cut: fc.integer({ min: 1, max: 30 }),
  pieceLength: fc.integer({ min: 1, max: 30 }),
});

Deno.test("correctedRows() joins documents by one separator and loses only the last tokens", async () => {
  await fc.assert(fc.asyncProperty(fc.array(words), sizes, async (texts, sizes) => {
    const { rows, counts } = await make(correctedRows, texts.map((text) => ({ text })), sizes);
    const ids = texts.flatMap((text, i) => [...(i > 0 ? [EOS] : []), ...tokenizer.encode(text)]);
    assert.deepEqual(rows, cutRows(ids, sizes.ctx));
    const inText = texts.join("\0").split("<|endoftext|>").length - 1;
    assert.deepEqual(counts, {
      documents: texts.length,
      characters: [...texts.join("")].length,
      tokens: ids.length - Math.max(0, texts.length - 1),
      separators: Math.max(0, texts.length - 1),
      separatorsInText: inText,
      separatorsDropped: 0,
      remainder: ids.length - rows.length * (sizes.ctx - 1),
    });
  }));
});

Deno.test("originalRows() does what the Python did, in any pieces", async () => {
  await fc.assert(fc.asyncProperty(fc.array(words), sizes, async (texts, sizes) => {
    const { rows, counts } = await make(originalRows, texts.map((text) => ({ text })), sizes);
    assert.deepEqual(rows, originalByHand(texts, sizes.ctx));
    assert.equal(counts.documents, texts.length);
    assert.equal(counts.characters, [...texts.join("")].length);
    assert.equal(counts.tokens, rows.length * (sizes.ctx - 1) + counts.remainder);
  }));
});

Deno.test("originalRows() loses the end of each batch of 1,000 documents and every separator", async () => {
  const texts = Array.from(
    { length: 2100 },
    (_, i) => `The war lasted from ${i} to the year ${i}.`,
  );
  const { rows, counts } = await make(originalRows, texts.map((text) => ({ text })), { ctx: 128 });
  // A difference of so many numbers would take minutes to print.
  assert.ok(isDeepStrictEqual(rows, originalByHand(texts, 128)));
  assert.ok(rows.every((row) => row[0] === EOS && row.lastIndexOf(EOS) === 0));
  assert.ok(counts.separatorsDropped > 2000 && counts.separatorsDropped <= 2097);
  assert.ok(counts.remainder > 0);
  const corrected = await make(correctedRows, texts.map((text) => ({ text })), { ctx: 128 });
  assert.equal(corrected.counts.separators, 2099);
  assert.ok(corrected.counts.remainder < 127);
});

Deno.test("originalRows() gives the same rows when a batch is too long for memory", async () => {
  const text = (await Deno.readTextFile("cache/text/sample.txt")).slice(0, 60_000);
  const documents = [text, text.repeat(18), "fin"].map((text) => ({ text }));
  const { rows } = await make(originalRows, documents, { ctx: 64, cut: 50_000 });
  const whole = originalByHand(documents.map(({ text }) => text), 64);
  assert.equal(rows.length, whole.length);
  assert.ok(isDeepStrictEqual(rows, whole));
});

for (const how of [correctedRows, originalRows]) {
  Deno.test(`${how.name}() never mixes subsets in a row`, async () => {
    const documents = Array.from({ length: 60 }, (_, i) => ({
      text: `${"abc"[i % 3]} is document ${i} of its subset. `.repeat(3),
      subset: ["Pile-CC", "ArXiv", "Wikipedia (en)"][i % 3]!,
    }));
    const { rows, subsets } = await make(how, documents, { ctx: 16, cut: 11 });
    for (const subset of [0, 1, 2]) {
      const alone = await make(how, documents.filter((_, i) => i % 3 === subset), { ctx: 16 });
      assert.ok(alone.rows.length > 5);
      assert.deepEqual(rows.filter((_, i) => subsets[i] === subset), alone.rows);
    }
  });

  Deno.test(`${how.name}() stops reading when there are rows enough`, async () => {
    const documents = Array.from(
      { length: 5000 },
      () => ({ text: "The war lasted a year. ".repeat(9) }),
    );
    const { rows, counts } = await make(how, documents, { ctx: 16, enough: 4 });
    assert.ok(rows.length >= 4 && counts.documents <= 1000, String(counts.documents));
  });

  Deno.test(`${how.name}() stops between two pieces when it is told to`, async () => {
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    const documents = [{ text: "The war lasted." }];
    await assert.rejects(make(how, documents, { ctx: 4, signal: stop.signal }), /stopped/);
  });
}
