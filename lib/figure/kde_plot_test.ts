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

Deno.test("densityCurves() leaves room at the ends, but none beyond the bounds", () => {
  const groups = [{ name: "a", samples: [[0, 0.5, 1]] }];
  const ends = (bounds?: [number, number]) => {
    const rows = rowsOf(
      densityCurves([{ xTitle: "x", groups }], { ...OPTIONS, ...(bounds ? { bounds } : {}) }),
    );
    return [rows[0]!.x, rows.at(-1)!.x];
  };
  assert.deepEqual(ends(), [-0.1, 1.1]);
  assert.deepEqual(ends([0, 2]), [0, 1.1]);
});

Deno.test("densityCurves() refuses values that are not finite and were not announced", () => {
  const groups = [{ name: "a", samples: [[0, NaN, 1]] }];
  assert.throws(() => densityCurves([{ xTitle: "x", groups }], OPTIONS), NeuriteError);
  densityCurves([{ xTitle: "x", groups }], { ...OPTIONS, missing: 1 });
});
