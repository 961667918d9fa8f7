import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { type IntervalOptions, type IntervalRow, intervals } from "./intervals.ts";
import { renderSvg } from "./render.ts";
import { countDrawn } from "./svg_document.ts";

const OPTIONS: IntervalOptions = { name: "measures", title: "Measures", description: "Measures." };
const ROWS: IntervalRow[] = [
  { label: "baseline", value: 0.8, interval: [0.7, 0.9], reference: 0.817 },
  { label: "circuit", value: 0.7 },
];

Deno.test("intervals() draws dots, intervals with ends and diamonds, and says which are which", async () => {
  const svg = await renderSvg(intervals([{ xTitle: "share", rows: ROWS }], OPTIONS));
  // Two dots, one interval of a rule and two ends, one diamond.
  assert.equal(countDrawn(svg).values().reduce((a, b) => a + b, 0), 2 + 3 + 1);
  for (const text of ["baseline", "circuit", "share", "here", "paper"]) {
    assert.match(svg, new RegExp(`>${text}</text>`));
  }
});

Deno.test("intervals() keeps one order of rows in all panels, labelled once", async () => {
  const other = { xTitle: "other", rows: [{ label: "circuit", value: -2 }] };
  const spec = intervals([{ xTitle: "share", rows: ROWS }, other], OPTIONS);
  const { hconcat } = spec as unknown as {
    hconcat: { encoding: Record<"x" | "y", { scale: { domain: unknown[] } }> }[];
  };
  for (const { encoding } of hconcat) {
    assert.deepEqual(encoding.y.scale.domain, ["baseline", "circuit"]);
    const [low, high] = encoding.x.scale.domain as [number, number];
    assert.ok(low <= 0 && high >= 0);
  }
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/>circuit<\/text>/g)!.length, 1);
});

Deno.test("intervals() has no legend when nothing is held against the values", async () => {
  const svg = await renderSvg(intervals([{ xTitle: "x", rows: [ROWS[1]!] }], OPTIONS));
  assert.doesNotMatch(svg, /role-legend/);
});

Deno.test("intervals() refuses no rows, labels that repeat and values that are not finite", () => {
  const refuses = (rows: IntervalRow[]) =>
    assert.throws(() => intervals([{ xTitle: "x", rows }], OPTIONS), NeuriteError);
  refuses([]);
  refuses([ROWS[1]!, ROWS[1]!]);
  refuses([{ label: "a", value: NaN }]);
  refuses([{ label: "a", value: 1, interval: [2, 0] }]);
  refuses([{ label: "a", value: 1, reference: Infinity }]);
});
