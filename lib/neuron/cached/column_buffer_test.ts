import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { createPlaced } from "../../store/format/placed_safetensors.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { bytesPerRow, ColumnBuffer } from "./column_buffer.ts";
import type { ColumnArray } from "./layout.ts";

const ARRAYS: readonly ColumnArray[] = [
  { name: "activations", type: "F16", columns: 3, perRow: 2 },
  { name: "rank", type: "I32", columns: 1, perRow: 4 },
];

Deno.test("ColumnBuffer puts rows of any cut into the places of their columns", async () => {
  const folder = await Deno.makeTempDir();
  const rows = 7;
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 9 }),
    fc.array(fc.boolean(), { minLength: rows, maxLength: rows }),
    async (capacity, stops) => {
      const path = join(folder, "x.part");
      {
        await using file = await createPlaced(path, {
          arrays: {
            activations: { type: "F16", shape: [3, 2 * rows] },
            rank: { type: "I32", shape: [rows, 4] },
          },
        });
        let buffer = new ColumnBuffer(file, ARRAYS, { rows, capacity, start: 0 });
        for (let row = 0; row < rows; row++) {
          if (!buffer.holds(1)) await buffer.flush();
          for (const { name, columns, perRow } of ARRAYS) {
            const { data, stride, at } = buffer.target(name);
            for (let c = 0; c < columns; c++) {
              for (let i = 0; i < perRow; i++) data[c * stride + at + i] = 100 * c + 10 * row + i;
            }
          }
          buffer.advance(1);
          assert.equal(buffer.end, row + 1);
          if (!stops[row]) continue;
          await buffer.flush();
          buffer = new ColumnBuffer(file, ARRAYS, { rows, capacity, start: row + 1 });
        }
        await buffer.flush();
      }
      const { activations, rank } = await readSafetensors(path);
      assert.deepEqual(
        [...activations!.data],
        [0, 1, 2].flatMap((c) =>
          Array.from({ length: 2 * rows }, (_, i) => 100 * c + 10 * (i >> 1) + (i & 1))
        ),
      );
      assert.deepEqual(
        [...rank!.data],
        Array.from({ length: 4 * rows }, (_, i) => 10 * (i >> 2) + (i & 3)),
      );
    },
  );
  await fc.assert(property, { numRuns: 30 });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("ColumnBuffer refuses more rows than it has room for", async () => {
  assert.equal(bytesPerRow(ARRAYS), 3 * 2 * 2 + 4 * 4);
  const path = await Deno.makeTempFile();
  {
    await using file = await createPlaced(path, { arrays: {} });
    const buffer = new ColumnBuffer(file, ARRAYS, { rows: 7, capacity: 2, start: 0 });
    buffer.advance(2);
    assert.throws(() => buffer.advance(1), /Cannot gather "1 rows": 2 of 2 taken/);
  }
  await Deno.remove(path);
});
