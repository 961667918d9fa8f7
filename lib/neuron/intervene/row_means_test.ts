import assert from "node:assert/strict";
import fc from "fast-check";
import { RowMean } from "./row_means.ts";

function collect(rows: readonly (readonly number[])[]): RowMean {
  const mean = new RowMean();
  for (const row of rows) {
    mean.add({
      count: row.length,
      sum: row.reduce((a, b) => a + b, 0),
      squares: row.reduce((a, b) => a + b * b, 0),
    });
  }
  return mean;
}

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b)));

Deno.test("RowMean gives the mean and the deviation of all values", () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const rows = fc.array(fc.array(value, { maxLength: 6 }), { minLength: 2, maxLength: 6 })
    .filter((all) => all.flat().length > 0);
  fc.assert(fc.property(rows, (all) => {
    const values = all.flat();
    const { mean, sd } = collect(all).estimate();
    const expected = values.reduce((a, b) => a + b, 0) / values.length;
    near(mean, expected);
    const variance = values.reduce((sum, x) => sum + (x - expected) ** 2, 0) / values.length;
    assert.ok(Math.abs(sd ** 2 - variance) <= 1e-8 * (1 + variance));
  }));
});

Deno.test("RowMean's error is that of the row means when rows are equally long", () => {
  const rows = [[1, 3], [2, 6], [0, 0], [5, 7]];
  const means = rows.map(([a, b]) => (a! + b!) / 2);
  const mean = means.reduce((a, b) => a + b) / 4;
  const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3;
  near(collect(rows).estimate().se, Math.sqrt(variance / 4));
});

Deno.test("RowMean leaves out rows without tokens and knows no error of a single row", () => {
  assert.deepEqual(collect([[], [2, 4], []]).estimate(), { mean: 3, sd: 1, se: NaN });
  assert.ok(Number.isNaN(collect([]).estimate().mean));
  assert.equal(collect([[0.1, 0.1], [0.1, 0.1, 0.1]]).estimate().se, 0);
});
