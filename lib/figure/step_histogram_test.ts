import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import { stepHistograms } from "./step_histogram.ts";

const OPTIONS = { name: "steps", title: "Steps", description: "Steps.", bins: 10 };
const panel = {
  xTitle: "value",
  groups: [{ name: "a", values: [0, 0.1, 0.1, 1] }, { name: "b", values: [0.5] }],
};

Deno.test("stepHistograms() draws an outline a group with the same bins, and rules", async () => {
  const spec = stepHistograms([{ ...panel, rules: [{ x: 0.5, label: "border" }] }], OPTIONS);
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/mark-line role-mark/g)!.length, 2);
  assert.match(svg, />border<\/text>/);
  const places = new Set(
    [...JSON.stringify(spec).matchAll(/"x":([\d.]+),/g)].map((match) => Number(match[1])),
  );
  for (const x of places) assert.ok(Math.abs(10 * x - Math.round(10 * x)) < 1e-9, `${x}`);
});

Deno.test("stepHistograms() says how many values a narrower range leaves outside", () => {
  const { description } = stepHistograms([{ ...panel, range: [0, 0.45] }], OPTIONS);
  assert.match(String(description), /2 values lie outside the axes/);
});

Deno.test("stepHistograms() leaves out what is not finite when it was announced, and only then", async () => {
  const groups = [{ name: "a", values: [0, 1, NaN] }, { name: "b", values: [Infinity] }];
  assert.throws(() => stepHistograms([{ ...panel, groups }], OPTIONS), NeuriteError);
  const spec = stepHistograms([{ ...panel, groups }], { ...OPTIONS, missing: 2 });
  assert.equal((await renderSvg(spec)).match(/mark-line role-mark/g)!.length, 1);
});
