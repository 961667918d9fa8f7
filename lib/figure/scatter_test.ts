import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import { scatter, type ScatterOptions } from "./scatter.ts";
import { countDrawn } from "./svg_document.ts";

const OPTIONS: ScatterOptions = {
  name: "points",
  title: "Points",
  description: "Points.",
  xTitle: "first",
  yTitle: "second",
  labels: ["02", "03", "04"],
  colors: ["#e79700", "#00ff00", "#450699"],
  size: { width: 100, height: 100 },
};
const panel = { title: "A", x: [0, 1, 2], y: [3, 1, 2] };

Deno.test("scatter() draws a point and a label a row in the asked-for colours", async () => {
  const svg = await renderSvg(scatter([panel, { ...panel, title: "B", subtitle: "b" }], OPTIONS));
  assert.equal(countDrawn(svg).values().reduce((a, b) => a + b, 0), 2 * 2 * 3);
  for (const color of OPTIONS.colors) assert.equal(svg.split(`fill="${color}"`).length - 1, 2);
  assert.equal(svg.match(/>second<\/text>/g)!.length, 1);
  assert.equal(svg.match(/>first<\/text>/g)!.length, 2);
});

Deno.test("scatter() gives all panels one y axis that holds every point", () => {
  const { hconcat } = scatter([panel, { ...panel, y: [10, -5, 0] }], OPTIONS) as unknown as {
    hconcat: { encoding: { y: { scale: { domain: [number, number] } } } }[];
  };
  const [first, second] = hconcat.map(({ encoding }) => encoding.y.scale.domain);
  assert.deepEqual(first, second);
  assert.ok(first![0] < -5 && first![1] > 10);
});

Deno.test("scatter() refuses lists that differ and places that are not finite", () => {
  assert.throws(() => scatter([{ ...panel, x: [0, 1] }], OPTIONS), NeuriteError);
  assert.throws(() => scatter([{ ...panel, x: [0, 1, NaN] }], OPTIONS), /not finite/);
});
