import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { encodeListTable, type ListRows } from "./list_table.ts";

async function bytesOf(columns: { list: string; label?: string }, groups: ListRows[]) {
  const pieces = await Array.fromAsync(encodeListTable(columns, groups, { made: "here" }));
  return await new Blob(pieces.map((piece) => new Uint8Array(piece))).arrayBuffer();
}

const row = (...ids: number[]) => Int32Array.from(ids);

Deno.test("encodeListTable() writes lists and labels that hyparquet reads, group by group", async () => {
  const file = await bytesOf({ list: "tokens", label: "subset" }, [
    { lists: [row(1, 2), row(3, -4)], labels: ["a", "b"] },
    { lists: [], labels: [] },
    { lists: [row(2 ** 31 - 1, 0)], labels: ["a"] },
  ]);
  assert.deepEqual(await parquetReadObjects({ file }), [
    { tokens: [1, 2], subset: "a" },
    { tokens: [3, -4], subset: "b" },
    { tokens: [2 ** 31 - 1, 0], subset: "a" },
  ]);
  const { row_groups: groups, key_value_metadata: metadata } = parquetMetadata(file);
  assert.deepEqual(groups.map(({ num_rows: rows }) => Number(rows)), [2, 1]);
  assert.deepEqual(metadata, [{ key: "made", value: "here" }]);
});

Deno.test("encodeListTable() writes rows alone, and many groups, when there are no labels", async () => {
  const groups = Array.from({ length: 40 }, (_, g) => ({
    lists: Array.from(
      { length: 8 },
      (_, r) => Int32Array.from({ length: 16 }, (_, i) => g * r + i),
    ),
  }));
  const file = await bytesOf({ list: "tokens" }, groups);
  const wanted = groups.flatMap(({ lists }) => lists.map((list) => ({ tokens: [...list] })));
  assert.deepEqual(await parquetReadObjects({ file }), wanted);
});
