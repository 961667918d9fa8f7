import assert from "node:assert/strict";
import fc from "fast-check";
import { renderSvg } from "../render.ts";
import { classHistograms, classOutlines, classPanel } from "./class_histograms.ts";

const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });

Deno.test("classOutlines() counts each class in common bins, to shares of 1, when values are random", () => {
  fc.assert(fc.property(numbers, numbers, fc.integer({ min: 1, max: 9 }), (a, b, bins) => {
    const [low, top] = [Math.min(...a, ...b), Math.max(...a, ...b)];
    const high = top > low ? top : low + Math.max(1, Math.abs(low));
    const found = classOutlines([{ name: "a", values: a }, { name: "b", values: b }], { bins });
    for (const [i, values] of [a, b].entries()) {
      const { x, y } = found[i]!;
      const heights = Array.from(y).slice(1, -1);
      assert.ok(Math.abs(heights.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
      heights.forEach((height, at) => {
        const from = x[at + 1]!;
        const to = x[at + 2]!;
        const inside = values.filter((v) => v >= from && (v < to || (to >= high && v === high)));
        assert.ok(Math.abs(height - inside.length / values.length) < 1e-12);
        assert.ok(Math.abs((to - from) - (high - low) / bins) < 1e-9, "equal width");
      });
    }
  }));
});

Deno.test("classOutlines() draws empty bins at half a value when the axis is a log", () => {
  const [counted] = classOutlines([{ name: "a", values: [0, 0, 10] }], {
    bins: 5,
    counts: true,
    yScale: "log",
  });
  assert.deepEqual(counted!.y, [2, 0.5, 0.5, 0.5, 1, 1]);
  const [shares, none] = classOutlines([{ name: "a", values: [0, 4] }, { name: "b", values: [] }]);
  assert.equal(shares!.y[1], 0.5);
  assert.equal(none!.x.length, 0);
});

Deno.test("classHistograms() draws panels of which a class, or each, has no value", async () => {
  const classes = (a: number[], b: number[]) => [
    { name: "a", values: a },
    { name: "b", values: b },
  ];
  for (const yScale of ["linear", "log"] as const) {
    const counts = yScale === "log";
    const panels = [classes([1, 2], [3]), classes([], [3, 4, 4]), classes([], [])]
      .map((own, i) => classPanel(own, { title: `panel ${i}`, yScale, counts }));
    const spec = classHistograms(panels, {
      ...{ name: "classes", title: "Classes", description: "Two classes.", xTitle: "x", counts },
    });
    assert.match(await renderSvg(spec), /panel 2/);
  }
});
