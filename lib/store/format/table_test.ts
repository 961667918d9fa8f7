import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../../errors.ts";
import { decodeTable, readTable } from "./read_table.ts";
import { encodeTable, type TableColumn } from "./table.ts";

const COLUMNS: TableColumn[] = [
  { name: "layer", type: "int32", values: Int32Array.of(0, -(2 ** 31), 2 ** 31 - 1) },
  { name: "count", type: "int64", values: [0n, -(2n ** 63n), 2n ** 63n - 1n] },
  { name: "corr", type: "float32", values: Float32Array.of(0.1, NaN, -0), unit: "r" },
  { name: "loss", type: "float64", values: [Infinity, -0, 0.1], unit: "nats" },
  { name: "token", type: "string", values: ["Ġthe", null, ""] },
  { name: "dead", type: "boolean", values: [true, false, true] },
];

Deno.test("encodeTable() and decodeTable() keep types, values, units and metadata", async () => {
  const bytes = encodeTable(COLUMNS, { script: "demo" });
  const { rows, columns, metadata } = await decodeTable(bytes, "t.parquet");
  assert.equal(rows, 3);
  assert.deepEqual(Object.keys(columns), COLUMNS.map((column) => column.name));
  assert.deepEqual(columns.layer, COLUMNS[0]!.values);
  assert.deepEqual(columns.count, BigInt64Array.from(COLUMNS[1]!.values as bigint[]));
  assert.deepEqual(columns.corr, COLUMNS[2]!.values);
  assert.deepEqual(columns.loss, Float64Array.of(Infinity, -0, 0.1));
  assert.deepEqual(columns.token, ["Ġthe", null, ""]);
  assert.deepEqual(columns.dead, [true, false, true]);
  assert.deepEqual(metadata, { script: "demo", "unit:corr": "r", "unit:loss": "nats" });
});

Deno.test("encodeTable() gives the same bytes for the same values", () => {
  assert.deepEqual(encodeTable(COLUMNS), encodeTable(COLUMNS));
});

Deno.test("encodeTable() and decodeTable() agree on any rows, past one row group and page", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ x: fc.float(), s: fc.option(fc.string()), i: fc.integer() })),
      fc.constantFrom(1, 1, 1, 300),
      async (sample, repeats) => {
        const rows = Array.from({ length: repeats }, () => sample).flat();
        const { columns } = await decodeTable(
          encodeTable([
            { name: "x", type: "float32", values: Float32Array.from(rows, (row) => row.x) },
            { name: "s", type: "string", values: rows.map((row) => row.s) },
            { name: "i", type: "int32", values: rows.map((row) => row.i) },
          ]),
          "t.parquet",
        );
        assert.deepEqual(columns.x, Float32Array.from(rows, (row) => row.x));
        assert.deepEqual(columns.s, rows.map((row) => row.s?.toWellFormed() ?? null));
        assert.deepEqual(columns.i, Int32Array.from(rows, (row) => row.i));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("encodeTable() refuses uneven columns, names twice and values of another type", () => {
  const int32 = (name: string, values: number[]): TableColumn => ({ name, type: "int32", values });
  const bad: TableColumn[][] = [
    [],
    [int32("a", [1]), int32("b", [1, 2])],
    [int32("a", [1]), int32("a", [1])],
    [int32("a", [1.5])],
    [int32("a", [2 ** 31])],
    [{ name: "a", type: "float64", values: [undefined as unknown as number] }],
    [{ name: "a", type: "string", values: [3 as unknown as string] }],
  ];
  for (const columns of bad) {
    assert.throws(() => encodeTable(columns), /^RangeError: Cannot write .+: .+, expected .+/);
  }
});

Deno.test("decodeTable() refuses bytes that are no Parquet file, or a part of one", async () => {
  const whole = encodeTable(COLUMNS);
  const bad = [new Uint8Array(0), new Uint8Array(100), whole.subarray(0, whole.length - 20)];
  for (const bytes of bad) {
    const error = await decodeTable(bytes, "/t.parquet").catch((reason) => reason);
    assert.ok(error instanceof NeuriteError, String(error));
    assert.equal(error.code, "E-FILE-CORRUPT");
    assert.match(error.message, /^Cannot read table "\/t\.parquet": /);
  }
});

Deno.test("readTable() gives E-FILE-MISSING for a table that is not there", async () => {
  const error = await readTable("no/such.parquet").catch((reason) => reason);
  assert.ok(error instanceof NeuriteError);
  assert.equal(error.code, "E-FILE-MISSING");
});
