import assert from "node:assert/strict";
import fc from "fast-check";
import { addOnGrid, GRID, onGrid } from "./grid.ts";

Deno.test("onGrid() gives the nearest multiple of the grid when a number is off it", () => {
  assert.equal(onGrid(3 * GRID), 3 * GRID);
  assert.equal(onGrid(3.4 * GRID), 3 * GRID);
  assert.equal(onGrid(-3.6 * GRID), -4 * GRID);
  assert.equal(onGrid(1e9 + 0.3 * GRID), 1e9);
});

Deno.test("addOnGrid() gives the same bits when terms come in another order", () => {
  const term = fc.float({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(term, { minLength: 1, maxLength: 40 }), (terms) => {
    const sum = (order: readonly number[]) => {
      const sums = new Float64Array(1);
      for (const x of order) addOnGrid(sums, Float32Array.of(x));
      return sums[0];
    };
    const sorted = terms.toSorted((a, b) => a - b);
    assert.equal(sum(terms), sum(sorted));
    assert.equal(sum(terms), sum(sorted.toReversed()));
  }));
});
