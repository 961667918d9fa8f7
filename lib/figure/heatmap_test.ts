import assert from "node:assert/strict";
import { hostArray } from "../array.ts";
import { NeuriteError } from "../errors.ts";
import { figureMeta } from "./figure_meta.ts";
import { heatmap } from "./heatmap.ts";
import type { HeatmapOptions } from "./heatmap_options.ts";
import { jsonNumber } from "./matrix.ts";
import { renderSvg } from "./render.ts";

const OPTIONS: HeatmapOptions = {
  name: "scores",
  title: "Scores",
  description: "Scores.",
  xTitle: "Head",
  yTitle: "Layer",
  colorTitle: "score",
  rows: ["0", "1"],
  columns: ["a", "b", "c"],
  palette: "RdBu",
  cell: { width: 20, height: 20 },
};

const labels = (count: number) => Array.from({ length: count }, (_, i) => String(i));
const values = hostArray(Float32Array.of(-1, 0, 0.1, 0.5, 1, 0.25), [2, 3]);

function refuses(run: () => unknown, pattern: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof NeuriteError && error.code === "E-FIGURE");
    assert.match(error.message, pattern);
    return true;
  });
}

Deno.test("heatmap() draws one rect a cell in row order, row 0 on top", async () => {
  const svg = await renderSvg(heatmap([{ values }], OPTIONS));
  const cells = [
    ...svg.matchAll(
      /aria-label="Head: (\w); Layer: (\d); score: ([^"]+)"[^>]*d="M([\d.]+),([\d.]+)h/g,
    ),
  ];
  assert.deepEqual(cells.map(([, head, layer]) => `${layer}${head}`), [
    "0a",
    "0b",
    "0c",
    "1a",
    "1b",
    "1c",
  ]);
  assert.deepEqual(cells.map(([, , , , x, y]) => `${x},${y}`), [
    "0,0",
    "20,0",
    "40,0",
    "0,20",
    "20,20",
    "40,20",
  ]);
});

Deno.test("heatmap() keeps the numbers so that they read back as the same float32", () => {
  const { table } = figureMeta(heatmap([{ values }], OPTIONS));
  const [panel] = JSON.parse(JSON.stringify(table)).panels;
  assert.deepEqual(Float32Array.from(panel.values.flat()), values.data);
  assert.equal(jsonNumber(values.data[2]!, values.data), 0.1);
  assert.equal(jsonNumber(0.1, Float64Array.of()), 0.1);
});

Deno.test("heatmap() draws a dense matrix as one picture of exactly the axes' size", async () => {
  const [r, c] = [40, 30];
  const dense = hostArray(Float32Array.from({ length: r * c }, (_, i) => Math.sin(i)), [r, c]);
  const spec = heatmap([{ values: dense }], {
    ...OPTIONS,
    rows: labels(r),
    columns: labels(c),
    cell: { width: 4, height: 3 },
  });
  const svg = await renderSvg(spec);
  assert.match(
    svg,
    /<image [^>]*transform="translate\(0,0\)" width="120" height="120" preserveAspectRatio="none"/,
  );
  assert.match(
    svg,
    /class="background"[^>]* d="M0\.5,0\.5h120v120h-120Z"|class="background"[^>]* d="M0,0h120v120h-120Z"/,
  );
  assert.equal(svg.match(/<image/g)!.length, 1);
});

Deno.test("heatmap() draws panels with a shared or with their own scales", async () => {
  const panels = [{ values, title: "A" }, { values, title: "B", domain: [-5, 4] as const }];
  const shared = await renderSvg(heatmap(panels, OPTIONS));
  const own = await renderSvg(heatmap(panels, { ...OPTIONS, sharedScale: false }));
  assert.equal(shared.match(/role-legend"/g)!.length, 1);
  assert.equal(own.match(/role-legend"/g)!.length, 2);
});

Deno.test("heatmap() says how many cells lie beyond the colour bar", () => {
  const spec = heatmap([{ values }], { ...OPTIONS, domain: [-0.5, 0.5] });
  assert.match(String(spec.description), /2 cells lie beyond/);
});

Deno.test("heatmap() refuses NaN unless it is announced, and draws it grey then", async () => {
  const holed = hostArray(Float32Array.of(NaN, 0, 1, 2, 3, Infinity), [2, 3]);
  refuses(() => heatmap([{ values: holed }], OPTIONS), /2 cells that are NaN/);
  const svg = await renderSvg(heatmap([{ values: holed }], { ...OPTIONS, missing: 2 }));
  assert.match(svg, /#b0b0b0/);
});

Deno.test("heatmap() refuses shapes and labels that disagree", () => {
  refuses(
    () => heatmap([{ values }], { ...OPTIONS, rows: ["0"] }),
    /shape \[2, 3\], expected \[1, 3\]/,
  );
  refuses(
    () => heatmap([{ values }], { ...OPTIONS, columns: ["a", "a", "b"] }),
    /2 of them different/,
  );
});

Deno.test("heatmap() shows texts that repeat or are hostile in place of labels", async () => {
  const text = ["the", "the", `"]</script>\u2028'`];
  const spec = heatmap([{ values }], { ...OPTIONS, columnText: text, columnAngle: -90 });
  assert.deepEqual(figureMeta(spec).table!.columns, text);
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/>the<\/text>/g)!.length, 2);
  assert.match(svg, /&lt;\/script&gt;/);
  refuses(() => heatmap([{ values }], { ...OPTIONS, columnText: ["a"] }), /1 texts on an axis/);
});
