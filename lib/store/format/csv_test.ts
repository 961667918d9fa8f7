import assert from "node:assert/strict";
import fc from "fast-check";
import { csvField, encodeCsv } from "./csv.ts";
import type { TableColumn } from "./table.ts";

/** A reader written from RFC 4180 alone; an unquoted empty field is null. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (let at = 0; at < text.length;) {
    let field: string | null;
    if (text[at] === '"') {
      const end = /"(?!")/.exec(text.slice(at + 1).replaceAll('""', "qq"))!.index + at + 1;
      field = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const end = at + text.slice(at).search(/[,\n]/);
      field = text.slice(at, end) || null;
      at = end;
    }
    row.push(field);
    if (text[at] === "\n") {
      rows.push(row);
      row = [];
    }
    at++;
  }
  return rows;
}

async function csv(columns: TableColumn[]): Promise<string> {
  return await new Blob([...encodeCsv(columns)] as BlobPart[]).text();
}

Deno.test("encodeCsv() writes numbers, null and texts that need quotes", async () => {
  const text = await csv([
    { name: "layer", type: "int32", values: [0, 1, 2] },
    { name: "a,b", type: "string", values: ['say "x"', null, ""] },
    { name: "loss", type: "float64", values: [0.1, NaN, -0] },
  ]);
  assert.equal(text, 'layer,"a,b",loss\n0,"say ""x""",0.1\n1,,NaN\n2,"",-0\n');
});

Deno.test("encodeCsv() reads back as the texts it was given", async () => {
  const words = fc.array(fc.option(fc.string({ unit: "grapheme" })), { minLength: 1 });
  const tricky = fc.constantFrom(",", '"', '""', "\n", "\r\n", " a", "a ", "", "=1+1", '","');
  await fc.assert(fc.asyncProperty(fc.oneof(words, fc.array(tricky)), async (values) => {
    const text = await csv([
      { name: "n", type: "int32", values: values.map((_, i) => i) },
      { name: "t", type: "string", values },
    ]);
    const rows = parseCsv(text).slice(1);
    assert.deepEqual(rows, values.map((value, i) => [String(i), value]));
  }));
});

Deno.test("encodeCsv() writes every row past one piece", async () => {
  const values = Int32Array.from({ length: 9000 }, (_, i) => i);
  const text = await csv([{ name: "i", type: "int32", values }]);
  assert.equal(text, "i\n" + Array.from(values).join("\n") + "\n");
});

Deno.test("csvField() keeps bigints and booleans", () => {
  assert.equal(csvField(2n ** 60n), "1152921504606846976");
  assert.equal(csvField(true), "true");
});
