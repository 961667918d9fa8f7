import assert from "node:assert/strict";
import { renderSvg } from "../render.ts";
import { correlationFigures } from "./correlation_figures.ts";

const TITLES = { model: "model a", baseline: "rotation", universal: 0.5 };

Deno.test("correlationFigures() draws maxima, excess and shares when there is a baseline", async () => {
  const maxima = [0.2, 0.4, 0.4, 1];
  const baseline = [0.1, 0.1, 0.2, -0.3];
  const excess = maxima.map((x, i) => x - baseline[i]!);
  const shares = { "model b": { mean: 0.25, sd: 0 }, "all partners": { mean: 0.01, sd: 0.02 } };
  const entries = correlationFigures({ maxima, baseline, excess }, shares, TITLES);
  assert.deepEqual(entries.map(({ name }) => name), [
    "max-correlation",
    "excess-correlation",
    "universal-share",
  ]);
  for (const { name, spec } of entries) {
    assert.equal(spec.name, name);
    assert.match(await renderSvg(spec), /model a/);
  }
});

Deno.test("correlationFigures() draws a density of area 1 over the maxima", () => {
  const [entry] = correlationFigures({ maxima: [0.2, 0.4, 0.41, 1, -1] }, {}, TITLES);
  const text = JSON.stringify(entry!.spec);
  const heights = [...text.matchAll(/"y":([\d.]+)[,}]/g)].map((match) => Number(match[1]));
  const area = heights.reduce((sum, y) => sum + y, 0) / 50;
  assert.ok(Math.abs(area - 1) < 1e-9, String(area));
});

Deno.test("correlationFigures() draws the maxima alone when there is no baseline", () => {
  const entries = correlationFigures({ maxima: [0.2, 0.4] }, {}, TITLES);
  assert.deepEqual(entries.map(({ name }) => name), ["max-correlation"]);
});
