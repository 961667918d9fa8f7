import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { NeuriteError } from "../errors.ts";
import { density2d } from "./density_2d.ts";
import type { Density2dOptions } from "./density_2d_options.ts";
import { fitEnds } from "./density_2d_view.ts";
import { figureMeta } from "./figure_meta.ts";
import { renderSvg } from "./render.ts";
import { X, Y } from "./transforms/testing.ts";

const OPTIONS: Density2dOptions = {
  name: "density",
  title: "Density",
  description: "Density.",
  xTitle: "x",
  yTitle: "y",
};

Deno.test("density2d() draws a picture, the fitted line and ρ, and keeps the counts", async () => {
  const spec = density2d([{ title: "a", x: X, y: Y }, { title: "b", x: Y, y: X }], {
    ...OPTIONS,
    bins: 20,
  });
  const { table } = figureMeta(spec);
  assert.deepEqual([table!.rows.length, table!.columns.length], [20, 20]);
  for (const { values } of table!.panels) {
    assert.equal(values.flat().reduce<number>((sum, count) => sum + count!, 0), X.length);
  }
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/<image /g)!.length, 2);
  assert.equal(svg.match(/mark-rule role-mark/g)!.length, 2);
  assert.equal(svg.match(/>ρ = 0\.84<\/text>/g)!.length, 2);
  assert.equal(svg.match(/mark-group role-legend"/g)!.length, 1);
});

Deno.test("density2d() puts low y at the bottom of its table's first row", () => {
  const spec = density2d([{ title: "a", x: [0, 1, 1], y: [0, 1, 1] }], { ...OPTIONS, bins: 2 });
  assert.deepEqual(figureMeta(spec).table!.panels[0]!.values, [[1, 0], [0, 2]]);
});

/** Colour numbers of the corners of a spec's first picture: top left, top right, bottom left, right. */
function corners(spec: unknown): number[] {
  const { concat } = spec as { concat: [{ layer: [{ mark: { url: string } }] }] };
  const png = Uint8Array.fromBase64(concat[0].layer[0].mark.url.split(",")[1]!);
  const header = new DataView(png.buffer, 16);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const start = new TextDecoder("latin1").decode(png).indexOf("IDAT") + 4;
  const pixels = inflateSync(png.subarray(start));
  const [top, bottom] = [
    pixels.subarray(0, width + 1),
    pixels.subarray((height - 1) * (width + 1)),
  ];
  return [top[1]!, top[width]!, bottom[1]!, bottom[width]!];
}

Deno.test("density2d() draws low y at the bottom, one point faintest, the most darkest, none white", () => {
  const spec = density2d([{ title: "a", x: [0, 1, 1], y: [0, 1, 1] }], { ...OPTIONS, bins: 2 });
  assert.deepEqual(corners(spec), [255, 254, 0, 255]);
});

Deno.test("density2d() says which points lie outside, and counts those that are not finite", async () => {
  const x = [...X, NaN];
  const y = [...Y, 0];
  assert.throws(() => density2d([{ title: "a", x, y }], OPTIONS), NeuriteError);
  const spec = density2d([{ title: "a", x, y }], { ...OPTIONS, missing: 1, xDomain: [-1, 1] });
  const outside = X.filter((value) => Math.abs(value) > 1).length;
  assert.match(String(spec.description), new RegExp(` ${outside} points lie outside`));
  await renderSvg(spec);
});

Deno.test("density2d() has no line where nothing varies, and refuses lists that differ", async () => {
  const svg = await renderSvg(density2d([{ title: "a", x: [1, 1, 1], y: [1, 2, 3] }], OPTIONS));
  assert.match(svg, />ρ not defined<\/text>/);
  assert.doesNotMatch(svg, /mark-rule role-mark/);
  assert.throws(() => density2d([{ title: "a", x: [1], y: [] }], OPTIONS), NeuriteError);
  assert.throws(() => density2d([], OPTIONS), NeuriteError);
  assert.throws(
    () => density2d([{ title: "a", x: X, y: Y }], { ...OPTIONS, bins: 401 }),
    NeuriteError,
  );
});

Deno.test("fitEnds() cuts the line at the axes", () => {
  const axes = { x: { low: 0, high: 4, count: 2 }, y: { low: 0, high: 2, count: 2 } };
  const ends = (slope: number, intercept: number) => fitEnds({ slope, intercept }, axes);
  assert.deepEqual(ends(1, -1), [{ x: 1, y: 0 }, { x: 3, y: 2 }]);
  assert.deepEqual(ends(-0.25, 1.5), [{ x: 0, y: 1.5 }, { x: 4, y: 0.5 }]);
  assert.deepEqual(ends(0, 1), [{ x: 0, y: 1 }, { x: 4, y: 1 }]);
  assert.equal(ends(0, 3), undefined);
  assert.equal(ends(1, 5), undefined);
  assert.equal(ends(NaN, NaN), undefined);
});
