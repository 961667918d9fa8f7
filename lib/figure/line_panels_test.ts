import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { linePanels, type LinePanelsOptions } from "./line_panels.ts";
import { renderSvg } from "./render.ts";

const OPTIONS: LinePanelsOptions = {
  name: "lines",
  title: "Lines",
  description: "Lines.",
  xTitle: "place",
  yTitle: "value",
};
const band = { low: [0, 1], high: [2, 3] };
const wide = { low: [-1, 0], high: [3, 4] };

Deno.test("linePanels() draws each panel's lines and bands, and one legend", async () => {
  const svg = await renderSvg(linePanels([
    { title: "left", subtitle: "first", series: [{ name: "a", x: [0, 1], y: [1, 2], band }] },
    {
      title: "right",
      yTitle: "other",
      series: [
        { name: "b", x: [0, 1], y: [1, 2], band: [wide, band] },
        { name: "a", x: [0, 1], y: [3, 12.2] },
      ],
    },
  ], OPTIONS));
  assert.equal(svg.match(/mark-area role-mark/g)!.length, 3);
  assert.equal(svg.match(/mark-line role-mark/g)!.length, 3);
  assert.equal(svg.match(/mark-group role-legend"/g)!.length, 1);
  for (const text of ["left", "first", "right", "value", "other", "place"]) {
    assert.match(svg, new RegExp(`>${text}</text>`));
  }
});

Deno.test("linePanels() labels the ends of each y axis with round numbers, in all their digits", async () => {
  const ends = async (y: number[]) => {
    const svg = await renderSvg(linePanels([{ series: [{ name: "a", x: [0, 1], y }] }], OPTIONS));
    const axis = svg.slice(svg.indexOf("Y-axis"));
    return [...axis.matchAll(/>([−\d.e]+)<\/text>/g)].map((match) => match[1]);
  };
  assert.deepEqual(await ends([1, 12.2]), ["0", "5", "10", "15"]);
  assert.deepEqual(await ends([1, 8.2]), ["0", "2", "4", "6", "8", "10"]);
  assert.deepEqual(await ends([0.01, 0.043]), ["0", "0.01", "0.02", "0.03", "0.04", "0.05"]);
  assert.deepEqual(await ends([-0.3, 1]), ["−0.5", "0", "0.5", "1"]);
});

Deno.test("linePanels() sets titles of one row on one line, whatever their axes have above them", async () => {
  const series = [{ name: "a", x: [0, 1], y: [1, 90] }];
  const svg = await renderSvg(linePanels([
    { title: "label at the end", yDomain: [0, 100], series },
    { title: "no label there", yDomain: [0, 95], series },
    { title: "below", yDomain: [0, 95], series },
    { title: "beside", yDomain: [0, 100], series },
  ], { ...OPTIONS, panelColumns: 2 }));
  const above = (title: string) => {
    const before = svg.slice(0, svg.indexOf(`>${title}</text>`));
    return Number(before.slice(before.lastIndexOf('role-title"')).match(/,(-[\d.]+)\)/)![1]);
  };
  assert.equal(above("label at the end"), above("no label there"));
  assert.equal(above("below"), above("beside"));
});

Deno.test("linePanels() writes long names of series whole", async () => {
  const name = "sequence at the previous token, by chance";
  const series = [name, "b"].map((name) => ({ name, x: [0, 1], y: [1, 2] }));
  assert.match(await renderSvg(linePanels([{ series }], OPTIONS)), new RegExp(`>${name}</text>`));
});

Deno.test("linePanels() takes log axes, steps and dots", async () => {
  const series = [{ name: "a", x: [10, 1000], y: [1, 100] }];
  const log = { ...OPTIONS, xScale: "log", yScale: "log", points: true } as const;
  const svg = await renderSvg(linePanels([{ series }], log));
  assert.equal(svg.match(/mark-symbol role-mark/g)!.length, 1);
  assert.match(svg, />1k<\/text>/);
  await assert.rejects(
    renderSvg(linePanels([{ series: [{ name: "a", x: [0, 10], y: [1, 2] }] }], log)),
    NeuriteError,
  );
  const step = linePanels([{ series }], { ...OPTIONS, interpolate: "step-after", dashes: false });
  assert.doesNotMatch(await renderSvg(step), /stroke-dasharray/);
});

Deno.test("linePanels() refuses unequal lists, no series and more names than colours", () => {
  const refuse = (series: { name: string; x: number[]; y: number[] }[]) =>
    assert.throws(() => linePanels([{ series }], OPTIONS), NeuriteError);
  refuse([{ name: "a", x: [0, 1], y: [1] }]);
  refuse([]);
  refuse(Array.from({ length: 8 }, (_, i) => ({ name: `${i}`, x: [0], y: [1] })));
});
