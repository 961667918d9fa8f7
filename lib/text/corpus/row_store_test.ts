import assert from "node:assert/strict";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import { rowOrder } from "./row_order.ts";
import { RowPacker } from "./row_packer.ts";
import { openRowStore } from "./row_store.ts";

Deno.test("RowPacker cuts a stream into rows after BOS, whatever its pieces", () => {
  const pieces = fc.array(fc.array(fc.nat(9)));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 2, max: 5 }), fc.boolean(), (pieces, ctx, bos) => {
      const rows: number[][] = [];
      const packer = new RowPacker(ctx, bos ? 77 : undefined, (row) => rows.push([...row]));
      for (const piece of pieces) packer.push(Int32Array.from(piece));
      const ids = pieces.flat();
      const step = bos ? ctx - 1 : ctx;
      const full = Math.floor(ids.length / step);
      const wanted = Array.from({ length: full }, (_, i) => [
        ...(bos ? [77] : []),
        ...ids.slice(i * step, (i + 1) * step),
      ]);
      assert.deepEqual(rows, wanted);
      assert.equal(packer.drop(), ids.length - full * step);
      assert.equal(packer.drop(), 0);
    }),
  );
});

Deno.test("RowStore gives rows back in any order, and leaves no file", () =>
  inFolder(async (folder) => {
    const orders = fc.array(fc.nat(49), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 4, max: 99 }), async (order, bytes) => {
        await using store = await openRowStore(folder, 3);
        for (let row = 0; row < 50; row++) {
          store.add(Int32Array.of(row, 10 * row, row + 5), row % 4);
          if (row % 7 === 0) await store.settle(5);
        }
        const blocks = await Array.fromAsync(store.blocks(order, bytes));
        assert.deepEqual(
          blocks.flatMap((block) => [...block]),
          order.flatMap((row) => [row, 10 * row, row + 5]),
        );
        assert.deepEqual([...store.subsets(order)], order.map((row) => row % 4));
      }),
      { numRuns: 30 },
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("RowStore keeps more rows than its first buffers hold", () =>
  inFolder(async (folder) => {
    await using store = await openRowStore(folder, 2);
    for (let row = 0; row < 300_000; row++) store.add(Int32Array.of(row, row), row);
    const last = Int32Array.of(299_999, 0, 150_000);
    const [block] = await Array.fromAsync(store.blocks(last));
    assert.deepEqual([...block!], [299_999, 299_999, 0, 0, 150_000, 150_000]);
    assert.deepEqual([...store.subsets(last)], [...last]);
  }));

Deno.test("rowOrder() is a permutation that seed and count alone decide", () => {
  fc.assert(fc.property(fc.nat(200), fc.nat(1000), (count, seed) => {
    const order = rowOrder(count, { shuffle: seed });
    assert.deepEqual([...order].sort((a, b) => a - b), [...rowOrder(count, {})]);
    assert.deepEqual(rowOrder(count, { shuffle: seed, rows: 7 }), order.subarray(0, 7));
  }));
  assert.notDeepEqual(rowOrder(50, { shuffle: 1 }), rowOrder(50, { shuffle: 2 }));
});

Deno.test("rowOrder() puts every row everywhere equally often when seeds vary", () => {
  const places = new Float64Array(16);
  for (let seed = 0; seed < 4000; seed++) {
    const order = rowOrder(4, { shuffle: seed });
    order.forEach((row, place) => places[4 * row + place]!++);
  }
  // 1,000 expected, standard deviation 27.
  for (const count of places) assert.ok(Math.abs(count - 1000) < 140, String(places));
});
