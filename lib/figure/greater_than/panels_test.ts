import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { renderPng } from "../render_png.ts";
import { renderSvg } from "../render.ts";
import { attentionFigures } from "./attention_figures.ts";
import { circuitFigures } from "./circuit_figures.ts";
import { firstOf, firstPanels } from "./panels.ts";

const filled = (...shape: number[]) =>
  hostArray(new Float32Array(shape.reduce((a, b) => a * b)).fill(0.01), shape);

const heads = (count: number) => Array.from({ length: count }, (_, h) => `a0.h${h}`);

Deno.test("firstOf() says what is left out, and nothing where nothing is", () => {
  assert.deepEqual(firstOf([1, 2, 3], 3, "heads"), { shown: [1, 2, 3], note: "" });
  assert.deepEqual(firstOf([1, 2, 3], 2, "heads"), {
    shown: [1, 2],
    note: " The first 2 of 3 heads.",
  });
});

Deno.test("firstPanels() counts marks of small panels and lines of large ones", () => {
  const shown = (rows: number, columns: number, cellHeight: number, beside: number) =>
    firstPanels(heads(400), "heads", { rows, columns, cellHeight, beside }).shown.length;
  assert.equal(shown(13, 13, 20, 3), 29); // 5,000 marks
  assert.equal(shown(40, 40, 10, 3), 3 * 16); // rasters: lines of 490 px
  assert.equal(shown(9000, 40, 1, 2), 2);
});

Deno.test("attentionFigures() of a circuit of many heads can be drawn, and says so", async () => {
  const T = 15;
  const arrays = Object.fromEntries(
    heads(40).map((head) => [`attn_patterns_${head}`, filled(T, T)]),
  );
  const labels = Array.from({ length: T }, (_, i) => String(i));
  const [figure] = attentionFigures(arrays, { model: "m", labels });
  assert.match(figure!.caption, / The first 22 of 40 heads\.$/);
  await renderSvg(figure!.spec);
});

Deno.test("circuitFigures() of a large model's MLPs can be drawn, and say so", async () => {
  const layers = Array.from({ length: 36 }, (_, layer) => layer);
  const arrays = Object.fromEntries(layers.map((layer) => [`ipp_m${layer}`, filled(36, 21)]));
  const figure = circuitFigures("m", arrays, false).find(({ name }) => name === "mlps-ipp")!;
  assert.match(figure.caption, / The first 6 of 36 MLPs\.$/);
  assert.ok((await renderPng(await renderSvg(figure.spec), { scale: 2 })).length > 0);
});
