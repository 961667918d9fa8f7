import assert from "node:assert/strict";
import fc from "fast-check";
import { normal } from "../../tests/random.ts";
import { RowSummary, SIMILARITY_BINS, SIMILARITY_EDGES } from "./row_summary.ts";

const ROWS = 3;
const COLUMNS = 40;

/** The rows of [ROWS, COLUMNS] in tiles that end at `cuts`. */
function summarize(data: Float64Array, cuts: readonly number[], top = 4) {
  const mean = Float64Array.from({ length: ROWS }, (_, row) => {
    const values = data.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    return values.reduce((a, b) => a + b) / COLUMNS;
  });
  const summary = new RowSummary({ mean, columns: COLUMNS, top });
  const ends = [...new Set([...cuts, COLUMNS])].sort((a, b) => a - b);
  let first = 0;
  for (const end of ends) {
    const count = end - first;
    const tile = new Float64Array(ROWS * count);
    for (let row = 0; row < ROWS; row++) {
      tile.set(data.subarray(row * COLUMNS + first, row * COLUMNS + end), row * count);
    }
    summary.add({ data: tile, first, count });
    first = end;
  }
  return summary.finish();
}

const similarities = Float64Array.from(
  normal([ROWS, COLUMNS], 3, 0.3).data,
  (value) => Math.max(-1, Math.min(1, value)),
);

Deno.test("RowSummary gives the moments of their definitions", () => {
  const found = summarize(similarities, [7, 8, 30]);
  for (let row = 0; row < ROWS; row++) {
    const values = [...similarities.subarray(row * COLUMNS, (row + 1) * COLUMNS)];
    const mean = values.reduce((a, b) => a + b) / COLUMNS;
    const central = (power: number) =>
      values.reduce((sum, value) => sum + (value - mean) ** power, 0) / COLUMNS;
    const expected = {
      mean,
      var: central(2),
      skew: central(3) / central(2) ** 1.5,
      kurt: central(4) / central(2) ** 2,
    };
    for (const [name, value] of Object.entries(expected)) {
      const got = Number(found[name]!.data[row]);
      assert.ok(Math.abs(got - value) <= 1e-7 * Math.max(1, Math.abs(value)), `${name} ${got}`);
    }
  }
});

Deno.test("RowSummary gives the same however the columns are cut into tiles", () => {
  const whole = summarize(similarities, []);
  const cuts = fc.array(fc.integer({ min: 1, max: COLUMNS - 1 }), { maxLength: 6 });
  fc.assert(fc.property(cuts, (cuts) => {
    const parts = summarize(similarities, cuts);
    for (const name of ["top", "top_ix", "bottom", "bottom_ix", "hist"]) {
      assert.deepEqual(parts[name], whole[name], name);
    }
    // Sums of another order.
    for (const name of ["mean", "var", "skew", "kurt"]) {
      parts[name]!.data.forEach((value, row) =>
        assert.ok(Math.abs(Number(value) - Number(whole[name]!.data[row])) < 1e-6, name)
      );
    }
  }));
});

Deno.test("RowSummary counts a value on an edge in the bin below it, and none outside", () => {
  const data = new Float64Array(ROWS * COLUMNS);
  data.set([-1, 1, 1 + 1e-7, -1 - 1e-7, SIMILARITY_EDGES[98]! + 1e-9]);
  const hist = [...summarize(data, []).hist!.data.subarray(0, SIMILARITY_BINS)].map(Number);
  assert.equal(hist[0], 2, "at and below -1");
  assert.equal(hist[99], 2, "above the last edge but one, and 1 itself");
  assert.equal(hist[100], 1, "above 1");
  assert.equal(hist[50], COLUMNS - 5, "zeros lie in the middle bin");
});

Deno.test("RowSummary keeps the extremes with the lower column first when values are equal", () => {
  const data = new Float64Array(ROWS * COLUMNS);
  data.set([0.5, -0.5, 0.5, -0.5], 10);
  const found = summarize(data, [11, 13], 3);
  assert.deepEqual([...found.top_ix!.data.subarray(0, 3)], [10, 12, 0]);
  assert.deepEqual([...found.bottom_ix!.data.subarray(0, 3)], [11, 13, 0]);
  assert.ok(Number.isNaN(Number(found.skew!.data[1])), "a constant row has no skew");
});
