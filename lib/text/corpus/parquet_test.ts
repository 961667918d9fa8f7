import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { inFolder } from "../../../tests/folders.ts";
import { parquetWriteBuffer } from "hyparquet-writer";
import { fileSource } from "./byte_source.ts";
import { readParquet } from "./parquet.ts";
import type { RecordFields } from "./records.ts";

const TEXTS = Array.from({ length: 2500 }, (_, i) => `Document ${i}: naïve. `.repeat(i % 9));
const LABELS = TEXTS.map((_, i) => i % 2 ? "Pile-CC" : "ArXiv");

type Settings = Omit<Parameters<typeof parquetWriteBuffer>[0], "columnData">;

function table(settings: Settings = {}, texts: (string | null)[] = TEXTS): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "id", data: Int32Array.from(texts, (_, i) => i), type: "INT32" },
      { name: "text", data: texts, type: "STRING" },
      { name: "meta", data: texts.map((_, i) => ({ set: LABELS[i] })), type: "JSON" },
    ],
    rowGroupSize: 1000,
    ...settings,
  }));
}

function read(bytes: Uint8Array, fields: Partial<RecordFields> = {}) {
  return inFolder(async (folder) => {
    const path = join(folder, "x.parquet");
    await Deno.writeFile(path, bytes);
    const source = fileSource(path, bytes.length);
    try {
      return await Array.fromAsync(readParquet(source, { column: "text", ...fields }));
    } catch (error) {
      (error as Error).message = (error as Error).message.replace(path, "x.parquet");
      throw error;
    }
  });
}

Deno.test("readParquet() gives a document a row, with a label inside another column", async () => {
  const wanted = TEXTS.map((text, i) => ({ text, isLast: true, subset: LABELS[i] }));
  assert.deepEqual(await read(table(), { subsetField: "meta.set" }), wanted);
  assert.deepEqual(await read(table()), TEXTS.map((text) => ({ text, isLast: true })));
});

Deno.test("readParquet() unpacks the compressions that the Hub's files have", async () => {
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
  };
  for (const codec of ["GZIP", "ZSTD", "UNCOMPRESSED"] as const) {
    const pieces = await read(table({ codec, compressors }));
    assert.deepEqual(pieces.map(({ text }) => text), TEXTS, codec);
  }
});

Deno.test("readParquet() gives nothing for a table without rows", async () => {
  assert.deepEqual(await read(table({}, [])), []);
});

Deno.test("readParquet() names the column that is absent and the row without text", async () => {
  await assert.rejects(read(table(), { column: "content" }), {
    code: "E-CORPUS",
    message: 'Cannot read table "x.parquet": columns id, text, meta, expected a column content',
  });
  await assert.rejects(read(table({}, ["a", null, "c"])), {
    code: "E-CORPUS",
    message: 'Cannot read row 1 of "x.parquet": field "text" null, expected a text in that field',
  });
});

Deno.test("readParquet() refuses files that are cut, damaged or something else", async () => {
  const whole = table();
  const bad = [new Uint8Array(0), whole.subarray(0, 100), whole.subarray(0, -1), TEXTS.join("")];
  for (const content of bad) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await assert.rejects(read(bytes), { code: "E-CORPUS", message: /, expected a Parquet file$/ });
  }
});
