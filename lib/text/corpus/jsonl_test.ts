import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonLines } from "./jsonl.ts";
import { splitLines } from "./lines.ts";
import type { RecordFields } from "./records.ts";
import { streamOf } from "./testing.ts";

function read(text: string, fields: Partial<RecordFields> = {}, size = 7) {
  const pieces = Array.from(
    { length: Math.ceil(text.length / size) },
    (_, i) => text.slice(i * size, (i + 1) * size),
  );
  const records = readJsonLines(streamOf(pieces), "/data/x.jsonl", { column: "text", ...fields });
  return Array.fromAsync(records);
}

Deno.test("readJsonLines() gives a document a line, whatever the pieces", async () => {
  const documents = fc.array(fc.string({ unit: "grapheme" }));
  await fc.assert(
    fc.asyncProperty(documents, fc.integer({ min: 1, max: 50 }), async (texts, size) => {
      const lines = texts.map((text) => JSON.stringify({ text }) + "\r\n").join("\n");
      const pieces = await read(lines, {}, size);
      assert.deepEqual(pieces, texts.map((text) => ({ text, isLast: true })));
    }),
  );
});

Deno.test("readJsonLines() finds text and subset in nested fields, dots in names first", async () => {
  const lines = [
    { body: { raw: "a" }, meta: { "pile_set_name": "Pile-CC" } },
    { "body.raw": "b", body: { raw: "not this" }, meta: { "pile_set_name": "ArXiv" } },
  ].map((line) => JSON.stringify(line)).join("\n");
  assert.deepEqual(await read(lines, { column: "body.raw", subsetField: "meta.pile_set_name" }), [
    { text: "a", isLast: true, subset: "Pile-CC" },
    { text: "b", isLast: true, subset: "ArXiv" },
  ]);
});

Deno.test("readJsonLines() names the line that is no document", async () => {
  const good = '{"text":"a"}\n\n';
  const cases: [string, string][] = [
    ['{"text":"b"', "not JSON, expected one JSON object a line"],
    ['{"content":"b"}', 'field "text" absent, expected a text in that field'],
    ['{"text":null}', 'field "text" null, expected a text in that field'],
    ['{"text":["b"]}', 'field "text" an array, expected a text in that field'],
    ["[1]", 'field "text" absent, expected a text in that field'],
  ];
  for (const [line, rest] of cases) {
    await assert.rejects(read(good + line), {
      code: "E-CORPUS",
      message: `Cannot read line 3 of "/data/x.jsonl": ${rest}`,
    });
  }
  await assert.rejects(read('{"text":"a"}', { subsetField: "meta.set" }), {
    message: /line 1 of ".+": field "meta.set" absent/,
    hint: "name the field by --subset, for instance --subset content",
  });
});

Deno.test("readJsonLines() takes a lone surrogate for U+FFFD, because it is no text", async () => {
  assert.equal((await read('{"text":"a\\ud800b"}'))[0]!.text, "a\ufffdb");
});

Deno.test("splitLines() refuses a line past the limit before it has it whole", async () => {
  const lines = splitLines(streamOf(["ab\ncd", "ef", "gh"]), "/data/x", 5);
  await assert.rejects(Array.fromAsync(lines), {
    code: "E-CORPUS",
    message: /^Cannot read line 2 of "\/data\/x": over 5 characters long/,
  });
});
