import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { boxen } from "./boxen.ts";
import type { BoxenOptions } from "./boxen_options.ts";
import { renderSvg } from "./render.ts";
import { countDrawn } from "./svg_document.ts";
import { letterValues } from "./transforms/letter_values.ts";
import { X } from "./transforms/testing.ts";

const OPTIONS: BoxenOptions = {
  name: "boxen",
  title: "Boxen",
  description: "Boxen.",
  xTitle: "Layer",
  categories: ["0", "1"],
  hues: ["universal", "others"],
};
const group = (category: string, hue: string, values: readonly number[]) => ({
  category,
  hue,
  values,
});

/** Rows of the layers of a spec's first panel: boxes, medians, points. */
function layersOf(spec: unknown): Record<string, number | string>[][] {
  const { concat } = spec as { concat: [{ layer: { data: { values: [] } }[] }] };
  return concat[0].layer.map(({ data }) => data.values);
}

function drawn(svg: string): number {
  return countDrawn(svg).values().reduce((a, b) => a + b, 0);
}

Deno.test("boxen() draws the letter values, wider and darker the nearer to the median", async () => {
  const spec = boxen([{ yTitle: "y", groups: [group("1", "others", X)] }], OPTIONS);
  const [boxes, medians, points] = layersOf(spec);
  const { boxes: expected, median, outliers } = letterValues(X);
  assert.deepEqual(
    boxes!.map(({ low, high }) => ({ low, high })),
    expected.toReversed().map(({ low, high }) => ({ low, high })),
  );
  const widths = boxes!.map(({ left, right }) => Number(right) - Number(left));
  assert.deepEqual(widths, widths.toSorted((a, b) => a - b));
  assert.equal(boxes!.at(-1)!.color, "#d55e00");
  assert.equal(medians![0]!.median, median);
  assert.equal(points!.length, outliers.length);
  // The second hue of the second category stands right of 1.
  assert.ok(Number(boxes![0]!.left) > 1 && Number(boxes![0]!.right) < 1.5);
  assert.equal(drawn(await renderSvg(spec)), expected.length + 1 + outliers.length);
});

Deno.test("boxen() draws fewer than 8 values as points, and groups of none not at all", async () => {
  const groups = [group("0", "universal", [1, 2, NaN]), group("1", "universal", [])];
  const spec = boxen([{ yTitle: "y", groups }], { ...OPTIONS, outliers: false, missing: 1 });
  const [boxes, medians, points] = layersOf(spec);
  assert.deepEqual([boxes!.length, medians!.length, points!.length], [0, 1, 2]);
  assert.equal(drawn(await renderSvg(spec)), 3);
});

Deno.test("boxen() leaves out outliers on request, and keeps an asked-for range", async () => {
  const panel = { yTitle: "y", yDomain: [-1, 1] as const, groups: [group("0", "others", X)] };
  const spec = boxen([panel, { ...panel, title: "again" }], { ...OPTIONS, outliers: false });
  assert.equal(layersOf(spec)[2]!.length, 0);
  const svg = await renderSvg(spec);
  assert.match(svg, /clip-path="url\(#/);
  assert.equal(svg.match(/>Layer<\/text>/g)!.length, 1, "one x title below the last panel");
  assert.equal(svg.match(/>universal<\/text>/g)!.length, 1, "one legend");
});

Deno.test("boxen() refuses unknown groups and values that are not finite unannounced", () => {
  const refuse = (groups: ReturnType<typeof group>[]) =>
    assert.throws(() => boxen([{ yTitle: "y", groups }], OPTIONS), NeuriteError);
  refuse([group("2", "others", X)]);
  refuse([group("0", "other", X)]);
  refuse([group("0", "others", [...X, NaN])]);
});
