import assert from "node:assert/strict";
import fc from "fast-check";
import { separationScores, valueFeatures } from "./separation.ts";
import { mean, moment, plainReduction, split } from "./testing.ts";

function near(found: number, wanted: number, text: string): void {
  const scale = Math.max(1, Math.abs(wanted));
  const same = Number.isFinite(wanted)
    ? Math.abs(found - wanted) <= 1e-7 * scale
    : !Number.isFinite(found);
  assert.ok(same, `${text}: ${found}, expected ${wanted}`);
}

const skewness = (x: readonly number[]) => Math.abs(moment(x, 3) / moment(x, 2) ** 1.5);
const kurtosis = (x: readonly number[]) => moment(x, 4) / moment(x, 2) ** 2;
/** The release's precedence: (x − mean / sd)^k. */
const released = (k: number) => (x: readonly number[]) =>
  mean(x.map((value) => (value - mean(x) / Math.sqrt(moment(x, 2))) ** k));

const sample = fc.integer({ min: 8, max: 40 }).chain((length) =>
  fc.record({
    values: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: length, maxLength: length }),
    holds: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
  })
);

Deno.test("separationScores() are their definitions when values and features are random", () => {
  fc.assert(fc.property(sample, ({ values: whole, holds }) => {
    const values = whole.map((x, i) => x / 50 + i * 1e-3);
    const [one, zero] = split(values, holds);
    fc.pre(one.length > 3 && zero.length > 3);
    const feature = { name: "f", family: "t", holds: Uint8Array.from(holds, Number) };
    const grouped = valueFeatures(values.length, [feature]);
    const scores = separationScores(Float64Array.from(values), grouped);
    const asReleased = separationScores(Float64Array.from(values), grouped, { asReleased: true });
    const weighted = (of: (x: readonly number[]) => number) =>
      of(values) - (one.length * of(one) + zero.length * of(zero)) / values.length;
    near(scores.meanDifference[0]!, mean(one) - mean(zero), "difference");
    const spread = moment(one, 2, 1) / one.length + moment(zero, 2, 1) / zero.length;
    near(scores.welchT[0]!, (mean(one) - mean(zero)) / Math.sqrt(spread), "t");
    near(scores.varianceReduction[0]!, plainReduction(values, holds, 0), "variance");
    near(scores.skewnessReduction[0]!, weighted(skewness), "skewness");
    near(scores.kurtosisReduction[0]!, weighted(kurtosis) / kurtosis(values), "kurtosis");
    const cubes = (x: readonly number[]) => Math.abs(released(3)(x));
    near(asReleased.skewnessReduction[0]!, weighted(cubes), "skewness as released");
    const fourths = released(4);
    near(
      asReleased.kurtosisReduction[0]!,
      weighted(fourths) / fourths(values),
      "kurtosis as released",
    );
  }));
});
