import assert from "node:assert/strict";
import fc from "fast-check";
import { streamOf } from "./testing.ts";
import { characterCount, characterIndex, dropShort, type TextPiece } from "./text_piece.ts";

Deno.test("characterCount() counts as Python's len() does when characters are wide", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(characterCount(text), [...text].length);
  }));
});

Deno.test("characterIndex() cuts where Python's slice does", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(12), (text, count) => {
    assert.equal(text.slice(0, characterIndex(text, count)), [...text].slice(0, count).join(""));
  }));
});

Deno.test("dropShort() keeps documents of enough characters whole, however they are cut", async () => {
  const pieces = (documents: string[], size: number): TextPiece[] =>
    documents.flatMap((document) =>
      Array.from({ length: Math.ceil(document.length / size) || 1 }, (_, i) => ({
        text: document.slice(i * size, (i + 1) * size),
        isLast: (i + 1) * size >= document.length,
      }))
    );
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string()),
    fc.integer({ min: 1, max: 5 }),
    fc.nat(8),
    async (documents, size, least) => {
      const dropped = { documents: 0, characters: 0 };
      const kept: string[] = [""];
      for await (
        const { text, isLast } of dropShort(streamOf(pieces(documents, size)), least, dropped)
      ) {
        kept.push(kept.pop()! + text);
        if (isLast) kept.push("");
      }
      const short = documents.filter((document) => document.length < least);
      assert.deepEqual(kept.slice(0, -1), documents.filter((d) => d.length >= least));
      assert.deepEqual(dropped, { documents: short.length, characters: short.join("").length });
    },
  ));
});
