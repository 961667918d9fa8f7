import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCsv } from "./csv.ts";
import { decodeCsv } from "./read_csv.ts";

function lists(text: string): Record<string, readonly string[]> {
  return Object.fromEntries(decodeCsv(text, "x.csv").columns);
}

Deno.test("decodeCsv() keeps fields as text, quoted or not", () => {
  assert.deepEqual(lists(',layer,"a ""b"""\n39,0,"x,\ny"\r\n40,1,\n'), {
    "": ["39", "40"],
    layer: ["0", "1"],
    'a "b"': ["x,\ny", ""],
  });
  assert.deepEqual(lists("n\n1.10\n1.1"), { n: ["1.10", "1.1"] });
  assert.deepEqual(lists("a,b\n1,"), { a: ["1"], b: [""] });
  assert.equal(decodeCsv("a,b\n", "x.csv").rows, 0);
});

Deno.test("decodeCsv() refuses ragged lines, stray quotes and doubled names", () => {
  for (const text of ["a,b\n1\n", "a\n1,2\n", 'a\n"1\n', 'a\nx"y\n', "a,a\n1,2\n", "", "\n1\n"]) {
    assert.throws(() => decodeCsv(text, "x.csv"), { code: "E-FILE-CORRUPT" }, JSON.stringify(text));
  }
});

Deno.test("decodeCsv() takes a long quoted field, and refuses one that is never closed", () => {
  const long = "x".repeat(20_000_000);
  assert.equal(lists(`n\n"${long}"\n`).n![0], long);
  assert.throws(() => decodeCsv(`n\n"${long}\n`, "x.csv"), { code: "E-FILE-CORRUPT" });
});

Deno.test("decodeCsv() gives back what encodeCsv() wrote", () => {
  const text = fc.string().filter((x) => !x.includes("\r"));
  fc.assert(fc.property(fc.array(text, { minLength: 1 }), (values) => {
    const chunks = [...encodeCsv([{ name: "x", type: "string", values }])];
    const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
    const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assert.deepEqual(lists(decoded).x, values.map((value) => value.toWellFormed()));
  }));
});
