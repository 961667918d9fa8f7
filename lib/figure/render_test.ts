import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import type { TopLevelSpec } from "./spec_types.ts";

const HOSTILE = [
  "</script><script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "]]>&amp;<!--",
  "\u202eevil \u05d0\u05d1",
  "🧠 neuron 👩‍🔬",
  "nul \u0000 bell \u0007 half \ud800 pair",
  "' onload='alert(1)",
];

function bars(overrides: Record<string, unknown> = {}): TopLevelSpec {
  return {
    name: "bars",
    title: "Scores",
    description: "Scores of three heads.",
    data: {
      values: [{ head: "a", score: 1.23456789 }, { head: "b", score: -2 }, { head: "c", score: 3 }],
    },
    mark: "bar",
    encoding: {
      x: { field: "head", type: "nominal" },
      y: { field: "score", type: "quantitative" },
    },
    ...overrides,
  } as TopLevelSpec;
}

function points(count: number): { values: { x: number; y: number }[] } {
  return { values: Array.from({ length: count }, (_, i) => ({ x: i, y: i % 7 })) };
}

const XY = {
  x: { field: "x", type: "quantitative" },
  y: { field: "y", type: "quantitative" },
};

async function fails(spec: TopLevelSpec, pattern: RegExp): Promise<void> {
  await assert.rejects(renderSvg(spec), (error) => {
    assert.ok(error instanceof NeuriteError);
    assert.equal(error.code, "E-FIGURE");
    assert.match(error.message, /"Scores"/);
    assert.match(error.message, pattern);
    return true;
  });
}

Deno.test("renderSvg() gives the same bytes twice, alone and side by side", async () => {
  const jitter = bars({
    transform: [{ calculate: "random()", as: "jitter" }],
    mark: "point",
    encoding: {
      ...XY,
      x: { field: "jitter", type: "quantitative" },
      y: { field: "score", type: "quantitative" },
    },
  });
  const first = await renderSvg(jitter);
  assert.equal(await renderSvg(jitter), first);
  assert.deepEqual(await Promise.all([renderSvg(jitter), renderSvg(jitter)]), [first, first]);
});

Deno.test("renderSvg() leaves the spec as it was", async () => {
  const spec = bars();
  const before = structuredClone(spec);
  await renderSvg(spec);
  assert.deepEqual(spec, before);
});

Deno.test("renderSvg() gives title, desc, role and labels", async () => {
  const svg = await renderSvg(bars());
  assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="figure-bars-title figure-bars-desc">/);
  assert.match(svg, /<title id="figure-bars-title">Scores<\/title>/);
  assert.match(svg, /<desc id="figure-bars-desc">Scores of three heads\.<\/desc>/);
});

Deno.test("renderSvg() writes coordinates with at most 3 decimals and leaves text alone", async () => {
  const svg = await renderSvg(bars({
    mark: { type: "text", text: "1.23456789" },
    width: 100 / 3,
  }));
  assert.match(svg, />1\.23456789</);
  for (const [, value] of svg.matchAll(/ (?:d|transform|x|y|x2|y2|width|height)="([^"]*)"/g)) {
    assert.doesNotMatch(value!, /\.\d{4}/);
  }
});

Deno.test("renderSvg() lays text out by the bundled font", async () => {
  const wide = (label: string) =>
    renderSvg(bars({
      data: { values: [{ head: label, score: 1 }] },
      encoding: {
        y: { field: "head", type: "nominal", title: null },
        x: { field: "score", type: "quantitative" },
      },
    }));
  const width = (svg: string) => Number(/width="([\d.]+)"/.exec(svg)![1]);
  const step = width(await wide("MMMMMMMMMM")) - width(await wide("iiiiiiiiii"));
  // Ten M less ten i at 11 px; the view's width is rounded to whole px.
  assert.ok(Math.abs(step - 10 * 11 * (1706 - 455) / 2048) <= 1.5, String(step));
});

Deno.test("renderSvg() fails on a Vega-Lite warning", async () => {
  await fails(
    bars({
      encoding: {
        x: { field: "head", type: "nominal" },
        shape: { field: "head", type: "nominal" },
      },
    }),
    /shape/,
  );
  await fails(bars({ mark: "bra" }), /./);
});

Deno.test("renderSvg() fails on a Vega warning", async () => {
  await fails(bars({ transform: [{ calculate: "warn('watch out')", as: "z" }] }), /watch out/);
});

Deno.test("renderSvg() fails on rows with null or NaN unless they are announced", async () => {
  for (const hole of [null, NaN, undefined, Infinity, "3"]) {
    const data = { values: [{ head: "a", score: 1 }, { head: "b", score: hole }] };
    await fails(bars({ data }), /1 rows with null or NaN.*expected 0/);
  }
  const data = { values: [{ head: "a", score: 1 }, { head: "b", score: null }] };
  await renderSvg(bars({ data, usermeta: { neurite: { missing: 1 } } }));
  await fails(bars({ usermeta: { neurite: { missing: 1 } } }), /0 rows with null/);
});

Deno.test("renderSvg() counts rows of layers, concatenations and lines", async () => {
  const data = { values: [{ x: 0, y: 0 }, { x: 1, y: null }, { x: 2, y: 1 }] };
  const spec = {
    title: "Scores",
    data,
    hconcat: [{ layer: [{ mark: "line", encoding: XY }, { mark: "point", encoding: XY }] }],
  };
  await fails(spec as TopLevelSpec, /2 rows with null/);
  await renderSvg({ ...spec, usermeta: { neurite: { missing: 2 } } } as TopLevelSpec);
});

Deno.test("renderSvg() fails when a scale cannot place a row", async () => {
  const values = [{ x: 0, y: 1 }, { x: 1, y: 2 }];
  const encoding = { ...XY, x: { ...XY.x, scale: { type: "log", domain: [1, 10] } } };
  await fails(bars({ data: { values }, mark: "point", encoding }), /finite places/);
});

Deno.test("renderSvg() fails on a field that no row has", async () => {
  await fails(bars({ encoding: { y: { field: "scroe", type: "quantitative" } } }), /"scroe"/);
});

Deno.test("renderSvg() takes nothing from outside", async () => {
  await fails(bars({ data: { url: "https://example.org/a.json" } }), /data by address/);
  await fails(
    bars({ mark: { type: "image", url: "https://example.org/a.png", width: 9, height: 9 } }),
    /example\.org/,
  );
  await fails(bars({ mark: { type: "bar", href: "javascript:alert(1)" } }), /javascript/);
  await fails(
    bars({ mark: { type: "bar", color: "url(https://example.org/a.svg#b)" } }),
    /reference/,
  );
});

Deno.test("renderSvg() refuses more than 5,000 marks", async () => {
  await renderSvg(bars({ data: points(5000), mark: "point", encoding: XY }));
  await fails(
    bars({ data: points(5001), mark: "point", encoding: XY }),
    /5001 marks.*at most 5000/,
  );
});

Deno.test("renderSvg() labels marks for screen readers up to 200 of them", async () => {
  const few = await renderSvg(bars({ data: points(200), mark: "point", encoding: XY }));
  const many = await renderSvg(bars({ data: points(201), mark: "point", encoding: XY }));
  assert.match(few, /aria-label="x: 0/);
  assert.doesNotMatch(many, /aria-label="x: 0/);
  assert.match(many, /<title /);
});

Deno.test("renderSvg() escapes hostile strings everywhere", async () => {
  for (const text of HOSTILE) {
    const svg = await renderSvg(bars({
      name: text,
      title: text,
      description: text,
      data: { values: [{ head: text, score: 1 }] },
      encoding: {
        x: { field: "head", type: "nominal", title: text },
        y: { field: "score", type: "quantitative" },
        color: { field: "head", type: "nominal" },
      },
    }));
    const tags = svg.match(/<[^>]*>/g)!;
    for (const tag of tags) {
      assert.match(tag, /^<\/?(svg|title|desc|g|path|line|rect|text|tspan|defs|clipPath)\b/);
      assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\son\w+=/);
    }
    // deno-lint-ignore no-control-regex -- the characters that XML forbids
    assert.doesNotMatch(svg, /[\u0000-\u0008\u000e-\u001f]/);
    assert.ok(svg.isWellFormed());
  }
});
