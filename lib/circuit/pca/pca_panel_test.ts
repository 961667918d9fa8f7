import assert from "node:assert/strict";
import { pcaPanel, pcaPanels } from "./pca_panel.ts";

/** Points on an arc in the order of their years. */
function arc(years: Int32Array) {
  const rows = [...years].flatMap((year) => [Math.cos(year / 40), Math.sin(year / 40), 0.5]);
  return { data: Float32Array.from(rows), shape: [years.length, 3] };
}

const YEARS = Int32Array.from({ length: 30 }, (_, i) => i + 2);

Deno.test("pcaPanel() sees that points on an arc keep the order of their years", () => {
  const { summary, points } = pcaPanel(arc(YEARS), YEARS, 0);
  assert.equal(summary.neighbour_gap_mean, 1);
  assert.ok(summary.chance_gap_mean > 5);
  assert.ok(Math.abs(summary.explained[0] + summary.explained[1] - 1) < 1e-6);
  assert.deepEqual(points.shape, [30, 2]);
});

Deno.test("pcaPanels() names the arrays of each panel and keeps its summary", () => {
  const { arrays, summaries } = pcaPanels(new Map([["a1.h2", arc(YEARS)]]), YEARS, 3);
  assert.deepEqual(Object.keys(arrays), ["pca_a1.h2", "pca_explained_a1.h2"]);
  assert.deepEqual(summaries["a1.h2"], pcaPanel(arc(YEARS), YEARS, 3).summary);
  assert.ok(arrays["pca_a1.h2"]!.data instanceof Float32Array);
});
