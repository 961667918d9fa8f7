import assert from "node:assert/strict";
import fc from "fast-check";
import { RandomStream } from "../../random.ts";
import { bootstrapMean, ratioInterval, resampledMeans } from "./bootstrap.ts";

const normal = (count: number, seed: number) => {
  const stream = new RandomStream(seed, "normal");
  return Float64Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * stream.uniform(2 * i + 1));
  });
};

Deno.test("bootstrapMean() is the mean itself for values that are all equal", () => {
  assert.deepEqual(bootstrapMean(new Float64Array(7).fill(0.25)), { low: 0.25, high: 0.25 });
});

Deno.test("bootstrapMean() is as wide as the standard error says", () => {
  const { low, high } = bootstrapMean(normal(400, 1), { seed: 2, resamples: 4000 });
  // 2 · 1.96 / √400 = 0.196; the width of 4,000 draws varies by a few per cent.
  assert.ok(Math.abs(high - low - 0.196) < 0.02, `${high - low}`);
});

Deno.test("bootstrapMean() holds the true mean in about 95 of 100 samples", () => {
  const holding =
    Array.from({ length: 200 }, (_, seed) => bootstrapMean(normal(60, seed), { seed }))
      .filter(({ low, high }) => low <= 0 && high >= 0).length;
  assert.ok(holding >= 180 && holding <= 199, `${holding} of 200`);
});

Deno.test("ratioInterval() pairs its prompts: a constant ratio has no width", () => {
  const below = normal(50, 3).map((value) => value + 5);
  const [half, whole] = resampledMeans([below.map((value) => value * 0.5), below]);
  const { low, high } = ratioInterval(half!, whole!);
  assert.ok(Math.abs(low - 0.5) < 1e-12 && Math.abs(high - 0.5) < 1e-12);
});

Deno.test("resampledMeans() depends on the seed alone and stays within the values", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 }),
    fc.nat(1000),
    (values, seed) => {
      const series = [Float64Array.from(values)];
      const [means] = resampledMeans(series, { seed, resamples: 20 });
      assert.deepEqual(resampledMeans(series, { seed, resamples: 20 })[0], means);
      for (const mean of means!) {
        assert.ok(mean >= Math.min(...values) - 1e-9 && mean <= Math.max(...values) + 1e-9);
      }
    },
  ));
  assert.throws(() => resampledMeans([new Float64Array(2), new Float64Array(3)]), RangeError);
});
