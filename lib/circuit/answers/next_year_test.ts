import assert from "node:assert/strict";
import fc from "fast-check";
import { nextYearMeasures } from "./next_year.ts";
import { probDiff } from "../task/year_metrics.ts";

Deno.test("nextYearMeasures() splits the years after YY", () => {
  const p = new Float64Array(200);
  [p[0], p[41], p[42], p[50], p[99]] = [0.5, 0.125, 0.0625, 0.25, 0.03125];
  p[199] = 1;
  assert.deepEqual(nextYearMeasures(p, Int32Array.of(41, 98)), {
    "next_year": Float64Array.of(0.0625, 1),
    "later_years": Float64Array.of(0.34375, 1),
    "other_years": Float64Array.of(0.625, 0),
  });
});

Deno.test("nextYearMeasures() differ by the probability difference", () => {
  const row = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: 100,
    maxLength: 100,
  });
  fc.assert(fc.property(row, fc.integer({ min: 0, max: 98 }), (p, yy) => {
    const [values, YY] = [Float64Array.from(p), Int32Array.of(yy)];
    const { later_years: later, other_years: other } = nextYearMeasures(values, YY);
    assert.ok(Math.abs(later[0]! - other[0]! - probDiff(values, YY)[0]!) < 1e-12);
  }));
});

Deno.test("nextYearMeasures() refuses a year without a next one", () => {
  assert.throws(() => nextYearMeasures(new Float64Array(100), Int32Array.of(99)), RangeError);
});
