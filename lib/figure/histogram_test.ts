import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../errors.ts";
import { histogram, histogramBins, type HistogramOptions } from "./histogram.ts";
import { renderSvg } from "./render.ts";
import { countDrawn } from "./svg_document.ts";

const OPTIONS: HistogramOptions = {
  name: "values",
  title: "Values",
  description: "Values.",
  xTitle: "value",
};

Deno.test("histogramBins() counts every value once, in bins that join", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
    const bins = histogramBins(values);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), values.length);
    assert.ok(bins.length <= 120);
    const slack = 1e-9 * Math.max(...values.map(Math.abs));
    assert.ok(bins[0]!.low <= Math.min(...values) + slack);
    assert.ok(bins.at(-1)!.high >= Math.max(...values) - slack);
    bins.slice(1).forEach((bin, i) => assert.equal(bin.low, bins[i]!.high));
  }));
});

Deno.test("histogramBins() puts the upper edge into the last bin and equal values into one", () => {
  const bins = histogramBins([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.deepEqual(bins.map(({ count }) => count), [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  assert.deepEqual(histogramBins([2, 2]).map(({ count }) => count), [2]);
});

Deno.test("histogram() draws bars, a stroke a value and its rules", async () => {
  const values = [0, 0.1, 0.1, 0.5, 1];
  const spec = histogram(values, { ...OPTIONS, rules: [{ x: 3, label: "far away" }] });
  const svg = await renderSvg(spec);
  const total = countDrawn(svg).values().reduce((a, b) => a + b, 0);
  assert.equal(total, histogramBins(values).length + values.length + 2);
  assert.match(svg, />far away<\/text>/);
  assert.match(svg, />3\.0<\/text>/);
});

Deno.test("histogram() leaves out the rug when it would be a solid bar", async () => {
  const values = Array.from({ length: 2001 }, (_, i) => i);
  const svg = await renderSvg(histogram(values, OPTIONS));
  assert.equal(
    countDrawn(svg).values().reduce((a, b) => a + b, 0),
    histogramBins(values).length,
  );
});

Deno.test("histogram() refuses no values and values that are not finite", () => {
  for (const values of [[], [NaN], [1, Infinity]]) {
    assert.throws(() => histogram(values, OPTIONS), NeuriteError);
  }
  assert.throws(() => histogram([1], { ...OPTIONS, rules: [{ x: NaN }] }), NeuriteError);
});
