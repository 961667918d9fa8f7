import assert from "node:assert/strict";
import fc from "fast-check";
import { readPlainText } from "./plain_text.ts";
import { streamOf } from "./testing.ts";

async function documents(pieces: string[], separator?: string): Promise<string[]> {
  const found = [""];
  for await (const { text, isLast } of readPlainText(streamOf(pieces), separator)) {
    found.push(found.pop()! + text);
    if (isLast) found.push("");
  }
  assert.equal(found.pop(), "", "the last document has no end");
  return found;
}

Deno.test("readPlainText() splits as String.split() does, without empty documents", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 40 });
  const separator = fc.string({
    unit: fc.constantFrom("a", "b", "\n"),
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(fc.asyncProperty(fc.array(text), separator, async (pieces, separator) => {
    const wanted = pieces.join("").split(separator).filter((document) => document !== "");
    assert.deepEqual(await documents(pieces, separator), wanted);
  }));
});

Deno.test("readPlainText() makes one document of a file when no separator is said", async () => {
  assert.deepEqual(await documents(["a\n\n", "", "b\n"]), ["a\n\nb\n"]);
  assert.deepEqual(await documents([""]), []);
  assert.deepEqual(await documents([]), []);
});

Deno.test("readPlainText() refuses an empty separator, which is everywhere", async () => {
  await assert.rejects(documents(["a"], ""), { name: "RangeError", message: /an empty separator/ });
});
