import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import { type BarOptions, stackedBars } from "./stacked_bars.ts";
import { countDrawn } from "./svg_document.ts";

const OPTIONS: BarOptions = {
  name: "bars",
  title: "Bars",
  description: "Bars.",
  xTitle: "Layer",
  yTitle: "Neurons",
  kinds: ["few", "others"],
};
const panel = { title: "a", categories: ["0", "1", "2"], counts: [[1, 0, 2], [3, 4, 0]] };

Deno.test("stackedBars() stands each kind on the one before", async () => {
  const spec = stackedBars([panel, { ...panel, title: "b" }], OPTIONS);
  const { concat } = spec as unknown as { concat: { data: { values: unknown[] } }[] };
  assert.deepEqual(concat[0]!.data.values.slice(0, 4), [
    { category: "0", kind: "few", low: 0, high: 1 },
    { category: "0", kind: "others", low: 1, high: 4 },
    { category: "1", kind: "few", low: 0, high: 0 },
    { category: "1", kind: "others", low: 0, high: 4 },
  ]);
  const svg = await renderSvg(spec);
  assert.equal(countDrawn(svg).values().reduce((a, b) => a + b, 0), 2 * 6);
  assert.match(svg, />others<\/text>/);
});

Deno.test("stackedBars() refuses lists that do not fit and counts below 0", () => {
  for (
    const counts of [[[1, 0, 2]], [[1, 0], [3, 4]], [[1, 0, -2], [3, 4, 0]], [[NaN, 0, 0], [
      0,
      0,
      0,
    ]]]
  ) {
    assert.throws(() => stackedBars([{ ...panel, counts }], OPTIONS), NeuriteError);
  }
});
