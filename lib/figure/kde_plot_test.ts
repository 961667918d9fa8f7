import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { densityCurves } from "./kde_plot.ts";
import { renderSvg } from "./render.ts";
import { X } from "./transforms/testing.ts";

const OPTIONS = { name: "density", title: "Density", description: "Density." };

/** The places and heights of the lines of a spec's first panel. */
function rowsOf(spec: unknown): { x: number; y: number; series: string }[] {
  const { concat } = spec as {
    concat: [{ layer: { mark: { type: string }; data: { values: [] } }[] }];
  };
  return concat[0].layer.find(({ mark }) => mark.type === "line")!.data.values;
}

Deno.test("densityCurves() draws a curve a group, with a band where there are several samples", async () => {
  const groups = [
    { name: "seeds", samples: [X, X.map((x) => x + 0.5), X.map((x) => x - 0.5)] },
    { name: "one", samples: [X] },
  ];
  const svg = await renderSvg(
    densityCurves([{ xTitle: "skew", groups }], { ...OPTIONS, factor: 0.5 }),
  );
  assert.equal(svg.match(/mark-line role-mark/g)!.length, 2);
  assert.equal(svg.match(/mark-area role-mark/g)!.length, 1);
});

Deno.test("densityCurves() draws the mean of the samples' densities", () => {
  const draw = (samples: number[][]) =>
    rowsOf(
      densityCurves([{ xTitle: "x", range: [-3, 3], groups: [{ name: "a", samples }] }], OPTIONS),
    );
  const [one, other] = [X.slice(0, 50), X.slice(50)];
  const [a, b, both] = [draw([one]), draw([other]), draw([one, other])];
  both.forEach(({ y }, i) => assert.ok(Math.abs(y - (a[i]!.y + b[i]!.y) / 2) < 1e-12));
});

Deno.test("densityCurves() shows the tails of the widest kernels, but none beyond the bounds", () => {
  // A few wide values beside many narrow ones: each kernel has 3 of its own deviations of room.
  const narrow = Array.from({ length: 1024 }, (_, i) => 0.4 + 0.2 * i / 1023);
  const groups = [{ name: "few", samples: [[0, 0.5, 1]] }, { name: "many", samples: [narrow] }];
  const room = 3 * 0.5 * 3 ** -0.2;
  const ends = (bounds?: [number, number]) => {
    const rows = rowsOf(
      densityCurves([{ xTitle: "x", groups }], { ...OPTIONS, ...(bounds ? { bounds } : {}) }),
    );
    return [rows[0]!.x, rows.at(-1)!.x];
  };
  const close = (found: (number | undefined)[], wanted: number[]) =>
    wanted.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 1e-12, `${found[i]}`));
  close(ends(), [-room, 1 + room]);
  close(ends([0, 3]), [0, 1 + room]);
});

Deno.test("densityCurves() refuses values that are not finite and were not announced", () => {
  const groups = [{ name: "a", samples: [[0, NaN, 1]] }];
  assert.throws(() => densityCurves([{ xTitle: "x", groups }], OPTIONS), NeuriteError);
  densityCurves([{ xTitle: "x", groups }], { ...OPTIONS, missing: 1 });
});
