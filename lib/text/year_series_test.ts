import assert from "node:assert/strict";
import fc from "fast-check";
import { openTokenizer } from "../model/tokenizer.ts";
import { drawYearSeries } from "./year_series.ts";
import { centuryOf, validYears } from "./years.ts";

const VALID = validYears(await openTokenizer("cache/models/tiny-gpt2-a"), 1000, 1900);

Deno.test("drawYearSeries() keeps each series inside its century, and to valid years", () => {
  const { centuries, years } = drawYearSeries(VALID, { count: 300, seed: 4 });
  assert.deepEqual([centuries.length, years.length], [300, 1500]);
  const allowed = new Set(VALID);
  years.forEach((year, i) => {
    assert.ok(allowed.has(year), String(year));
    assert.equal(centuryOf(year), centuries[Math.floor(i / 5)]);
  });
});

Deno.test("drawYearSeries() draws a century as often as it has valid years", () => {
  const { centuries } = drawYearSeries(VALID, { count: 6000, seed: 0 });
  for (const [century, years] of Map.groupBy(VALID, centuryOf)) {
    const share = years.length / VALID.length;
    const drawn = centuries.filter((each) => each === century).length;
    // Five standard errors of a binomial share.
    const slack = 5 * Math.sqrt(6000 * share * (1 - share));
    assert.ok(Math.abs(drawn - 6000 * share) < slack, `${century}: ${drawn}`);
  }
});

Deno.test("drawYearSeries() draws years with replacement, all of a century in time", () => {
  const { years } = drawYearSeries([1701, 1702], { count: 50, seed: 0 });
  const rows = Array.from({ length: 50 }, (_, n) => new Set(years.subarray(5 * n, 5 * n + 5)));
  assert.ok(rows.some((row) => row.size === 2));
  assert.deepEqual(new Set(years), new Set([1701, 1702]));
  const single = drawYearSeries([1701], { count: 1, seed: 0 });
  assert.deepEqual(single, {
    centuries: Int32Array.of(17),
    years: Int32Array.of(1701, 1701, 1701, 1701, 1701),
  });
});

Deno.test("drawYearSeries() gives the same bytes for a seed, and others for another", () => {
  const options = { count: 40, seed: 7 };
  assert.deepEqual(drawYearSeries(VALID, options), drawYearSeries(VALID, options));
  assert.notDeepEqual(
    drawYearSeries(VALID, options),
    drawYearSeries(VALID, { count: 40, seed: 8 }),
  );
});

Deno.test("drawYearSeries() starts a longer draw with the shorter one", () => {
  const property = fc.property(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    (count, length, seed) => {
      const short = drawYearSeries(VALID, { count, length, seed });
      const long = drawYearSeries(VALID, { count: count + 3, length, seed });
      assert.equal(short.years.length, count * length);
      assert.deepEqual(long.years.subarray(0, count * length), short.years);
      assert.deepEqual(long.centuries.subarray(0, count), short.centuries);
    },
  );
  fc.assert(property, { numRuns: 30 });
});

Deno.test("drawYearSeries() refuses to draw from nothing", () => {
  assert.throws(() => drawYearSeries([], { count: 3, seed: 0 }), {
    code: "E-PROMPTS",
    message: 'Cannot draw series from "valid years": no year, expected at least one',
  });
});
