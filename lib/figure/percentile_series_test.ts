import assert from "node:assert/strict";
import { linePanels } from "./line_panels.ts";
import { FAN, fanSeries, percentileSeries } from "./percentile_series.ts";
import { renderSvg } from "./render.ts";

const layers = Array.from({ length: 300 }, (_, i) => i % 3);
const values = layers.map((layer, i) => layer + i / 100);

Deno.test("fanSeries() nests its bands around the median, and draws", async () => {
  const [median, mean] = fanSeries({ values, layers });
  assert.deepEqual(median!.x, [0, 1, 2]);
  assert.ok(Math.abs(mean!.y[1]! - (1 + (1 + 298) / 200)) < 1e-9);
  const bands = median!.band as { low: number[]; high: number[] }[];
  assert.equal(bands.length, FAN.length);
  bands.slice(1).forEach(({ low, high }, i) => {
    assert.ok(low[0]! > bands[i]!.low[0]! && high[0]! < bands[i]!.high[0]!);
    assert.ok(low[0]! < median!.y[0]! && high[0]! > median!.y[0]!);
  });
  const spec = linePanels([{ series: [median!, mean!] }], {
    name: "fan",
    title: "Fan",
    description: "Fan.",
    xTitle: "Layer",
    yTitle: "kurtosis",
  });
  assert.equal((await renderSvg(spec)).match(/mark-area role-mark/g)!.length, FAN.length);
});

Deno.test("percentileSeries() is the mean over samples, between the least and the greatest", () => {
  const samples = [{ values, layers }, { values: values.map((x) => x + 1), layers }];
  const [low, median] = percentileSeries(samples, [5, 50]);
  assert.deepEqual([low!.name, median!.name], ["5 %", "median"]);
  const { low: least, high: most } = median!.band as { low: number[]; high: number[] };
  assert.ok(Math.abs(most[0]! - least[0]! - 1) < 1e-12);
  assert.ok(Math.abs(median!.y[0]! - (least[0]! + most[0]!) / 2) < 1e-12);
  assert.equal(percentileSeries(samples.slice(0, 1), [50])[0]!.band, undefined);
});

Deno.test("percentileSeries() leaves out layers that a sample lacks", () => {
  const other = { values: values.map((x, i) => i % 3 === 1 ? NaN : x), layers };
  assert.deepEqual(percentileSeries([{ values, layers }, other], [50])[0]!.x, [0, 2]);
});
