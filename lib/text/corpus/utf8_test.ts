import assert from "node:assert/strict";
import fc from "fast-check";
import { piecesOf, streamOf } from "./testing.ts";
import { decodeUtf8, type Utf8Options } from "./utf8.ts";

async function decode(bytes: Uint8Array, size: number, options: Partial<Utf8Options> = {}) {
  const pieces = decodeUtf8(streamOf(piecesOf(bytes, size)), { place: "/data/x.txt", ...options });
  return (await Array.fromAsync(pieces));
}

Deno.test("decodeUtf8() gives the text whatever the pieces, and never half a character", async () => {
  const size = fc.integer({ min: 1, max: 9 });
  await fc.assert(fc.asyncProperty(fc.string({ unit: "grapheme" }), size, async (text, size) => {
    const pieces = await decode(new TextEncoder().encode(text), size);
    assert.equal(pieces.join(""), text.replace(/^\ufeff/, ""));
    assert.ok(pieces.every((piece) => piece.isWellFormed()));
  }));
});

Deno.test("decodeUtf8() leaves out a byte order mark at the start only", async () => {
  const bytes = new TextEncoder().encode("\ufeffa\ufeffb");
  for (const size of [1, 3, 100]) assert.equal((await decode(bytes, size)).join(""), "a\ufeffb");
});

Deno.test("decodeUtf8() names the first byte that is not UTF-8, however it is cut", async () => {
  const bytes = (...parts: (string | number)[]) =>
    Uint8Array.from(
      parts.flatMap((part) =>
        typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]
      ),
    );
  const cases: [Uint8Array, number, string][] = [
    [bytes("naïve ", 0xff, " text"), 7, "ff"],
    [bytes("é", 0xe9, "t", 0xe9), 2, "e9"],
    [bytes("ab", 0xe2, 0x82), 2, "e2"],
    [bytes(0x80), 0, "80"],
    [bytes("a", 0xed, 0xa0, 0x80), 1, "ed"],
    [bytes("a", 0xf8, 0x88, 0x80, 0x80, 0x80), 1, "f8"],
  ];
  for (const [content, offset, byte] of cases) {
    for (const size of [1, 2, 5, 100]) {
      await assert.rejects(decode(content, size), {
        code: "E-CORPUS",
        message: `Cannot read text "/data/x.txt": byte 0x${byte} at offset ${offset}, ` +
          "which is not UTF-8, expected UTF-8",
      });
    }
  }
});

Deno.test("decodeUtf8() replaces and tells once when it may", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 1, max: 9 }),
    async (bytes, size) => {
      const told: number[] = [];
      const pieces = await decode(bytes, size, { onInvalid: (offset) => told.push(offset) });
      const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      assert.equal(pieces.join(""), whole.replace(/^\ufeff/, ""));
      let isValid = true;
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        isValid = false;
      }
      assert.equal(told.length, isValid ? 0 : 1);
    },
  ));
});
