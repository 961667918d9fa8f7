import assert from "node:assert/strict";
import fc from "fast-check";
import { TopK } from "./top_k.ts";

function topOf(rows: number[][], k: number) {
  const top = new TopK(rows.length, k);
  rows.forEach((values, row) =>
    values.forEach((value, column) => {
      if (value > top.least(row)) top.offer(row, value, column);
    })
  );
  return top.sorted();
}

Deno.test("TopK gives what sorting gives when values repeat", () => {
  const row = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 6, maxLength: 60 });
  fc.assert(fc.property(row, row, fc.integer({ min: 1, max: 6 }), (a, b, k) => {
    const { values, columns } = topOf([a, b], k);
    [a, b].forEach((row, r) => {
      const sorted = [...row.keys()].sort((i, j) => row[j]! - row[i]! || i - j).slice(0, k);
      assert.deepEqual([...columns.subarray(r * k, r * k + k)], sorted);
      assert.deepEqual([...values.subarray(r * k, r * k + k)], sorted.map((i) => row[i]));
    });
  }));
});

Deno.test("TopK keeps unfilled places last when there are fewer values than places", () => {
  const { values, columns } = topOf([[2, 5]], 3);
  assert.deepEqual([...values], [5, 2, -Infinity]);
  assert.deepEqual([...columns], [1, 0, -1]);
});
