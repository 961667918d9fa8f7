import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { line, type LineOptions } from "./line.ts";
import { renderSvg } from "./render.ts";

const OPTIONS: LineOptions = {
  name: "loss",
  title: "Loss",
  description: "Loss.",
  xTitle: "Layer",
  yTitle: "loss, nats",
};

Deno.test("line() draws series, band, rules and labels", async () => {
  const spec = line([
    { name: "a", x: [0, 1, 2], y: [1, 2, 3], band: { low: [0, 1, 2], high: [2, 3, 4] } },
    { name: "b", x: Float32Array.of(0, 1), y: Float32Array.of(1, 0.5) },
  ], { ...OPTIONS, rules: [{ x: 1, label: "here" }, { y: 2 }] });
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/mark-line role-mark/g)!.length, 2);
  assert.equal(svg.match(/mark-area role-mark/g)!.length, 1);
  assert.equal(svg.match(/mark-rule role-mark/g)!.length, 2);
  assert.match(svg, />here<\/text>/);
  assert.match(svg, /stroke-dasharray="6,3"/);
});

Deno.test("line() has a legend only for several series", async () => {
  const one = await renderSvg(line([{ name: "a", x: [0, 1], y: [1, 2] }], OPTIONS));
  assert.doesNotMatch(one, /role-legend/);
});

Deno.test("line() with NaN fails when it is drawn", async () => {
  await assert.rejects(
    renderSvg(line([{ name: "a", x: [0, 1], y: [1, NaN] }], OPTIONS)),
    /1 rows with null or NaN/,
  );
});

Deno.test("line() refuses unequal lists and more series than colours", () => {
  const uneven = () => line([{ name: "a", x: [0, 1], y: [1] }], OPTIONS);
  assert.throws(uneven, (error) => error instanceof NeuriteError && error.code === "E-FIGURE");
  const many = Array.from({ length: 8 }, (_, i) => ({ name: `${i}`, x: [0], y: [1] }));
  assert.throws(() => line(many, OPTIONS), NeuriteError);
});
