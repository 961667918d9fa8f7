import assert from "node:assert/strict";
import fc from "fast-check";
import { renderSvg } from "../render.ts";
import { classHistograms, classOutlines, classPanel } from "./class_histograms.ts";

/** The lines of a panel, as Vega-Lite has them. */
interface Lines {
  readonly data: { readonly values: readonly { readonly x: number; readonly y: number }[] };
  readonly encoding: { readonly y: { readonly scale: { readonly domain: [number, number] } } };
}

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

Deno.test("classHistograms() has every height on its axis, whatever the values are", () => {
  const half = fc.oneof(
    fc.double({ min: -65_504, max: 65_504, noNaN: true }).map(Math.f16round),
    fc.constantFrom(0, -0, 2 ** -24, -(2 ** -24), 65_504, -65_504),
  );
  const values = fc.oneof(
    fc.array(half, { maxLength: 40 }),
    fc.tuple(half, fc.nat(40)).map(([one, count]) => Array<number>(count).fill(one)),
  );
  fc.assert(fc.property(values, values, fc.boolean(), (a, b, counts) => {
    const yScale = counts ? "log" : "linear";
    const classes = [{ name: "a", values: a }, { name: "b", values: b }];
    const spec = classHistograms([classPanel(classes, { title: "panel", yScale, counts })], {
      ...{ name: "classes", title: "Classes", description: "Two.", xTitle: "x", counts },
    }) as unknown as { concat: [{ layer: Lines[] }] };
    const { data, encoding } = spec.concat[0].layer.at(-1)!;
    const [low, high] = encoding.y.scale.domain;
    assert.ok(low < high && (counts ? low > 0 : low === 0), `${low} to ${high}`);
    for (const { x, y } of data.values) {
      assert.ok(Number.isFinite(x) && y >= low && y <= high, `${x}, ${y}: ${low} to ${high}`);
    }
  }));
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
