import assert from "node:assert/strict";
import fc from "fast-check";
import { rankCorrelation, valueRanks } from "./rank_correlation.ts";

Deno.test("valueRanks() gives equal values their mean rank, 0 and −0 too", () => {
  const ranks = valueRanks(Float32Array.of(3, -1, 0, 3, -0, Infinity));
  assert.deepEqual([...ranks], [4.5, 1, 2.5, 4.5, 2.5, 6]);
  assert.equal(valueRanks(new Float32Array()).length, 0);
});

Deno.test("valueRanks() counts what is smaller and half of what is equal", () => {
  const values = fc.float32Array({ noNaN: true, maxLength: 300 });
  fc.assert(fc.property(values, (values) => {
    const ranks = valueRanks(values);
    assert.deepEqual(valueRanks(Float64Array.from(values)), ranks);
    values.forEach((value, i) => {
      const below = values.filter((other) => other < value).length;
      const equal = values.filter((other) => other === value).length;
      assert.equal(ranks[i], below + (equal + 1) / 2);
    });
  }));
});

Deno.test("rankCorrelation() is 1 for any rising map and shares ranks of equal values", () => {
  const of = (x: number[], y: number[]) =>
    [Float32Array, Float64Array].map((Values) => rankCorrelation(Values.from(x), Values.from(y)));
  assert.deepEqual(of([1, 5, 2], [1, 1000, 3]), [1, 1]);
  assert.deepEqual(of([1, 5, 2], [0, -1000, -3]), [-1, -1]);
  assert.deepEqual(of([1, 1], [1, 2]), [NaN, NaN]);
  // scipy.stats.spearmanr([1, 2, 2, 3], [1, 3, 2, 4]), and numpy.corrcoef of the ranks
  for (const rho of of([1, 2, 2, 3], [1, 3, 2, 4])) {
    assert.ok(Math.abs(rho - 0.9486832980505138) < 1e-15);
  }
  for (const rho of of([1, 5, 2, 2, 8, -3], [0, 4, 4, 1, 4, 7])) {
    assert.ok(Math.abs(rho + 0.030802055181684874) < 1e-15);
  }
});
