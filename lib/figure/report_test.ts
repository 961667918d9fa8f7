import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import { renderReport, type Report } from "./report.ts";
import { SCHEMES } from "./report_style.ts";

async function report(overrides: Partial<Report> = {}): Promise<Report> {
  const svg = await renderSvg({
    name: "bars",
    title: "Bars",
    data: { values: [{ x: "a" }, { x: "b" }] },
    mark: "bar",
    encoding: { x: { field: "x", type: "nominal" } },
  });
  return {
    title: "Greater-than",
    question: "Does it?",
    command: "deno task gt:circuit-discovery --model gpt2",
    numbers: [
      {
        name: "prob diff",
        value: 0.8164,
        sd: 0.19,
        paper: 0.817,
        paperSd: 0.193,
        format: "percent",
        verdict: "pass",
      },
      { name: "sharpness", value: NaN, verdict: "fail", note: "outside" },
      { name: "other", value: 12.34567, verdict: "not applicable" },
    ],
    figures: [{
      svg,
      caption: "Bars.",
      table: { caption: "Bars", columns: ["x", "n"], rows: [["a", 1], ["b", 1]] },
    }],
    provenance: { seed: 0, argv: ["--model", "gpt2"], commit: "abc" },
    ...overrides,
  };
}

Deno.test("renderReport() gives the same bytes twice", async () => {
  assert.equal(renderReport(await report()), renderReport(await report()));
});

Deno.test("renderReport() asks for nothing and runs nothing", async () => {
  const html = renderReport(await report());
  assert.match(html, /content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/);
  assert.doesNotMatch(html, /https?:|<script|<link|@import|\son\w+=/i);
});

Deno.test("renderReport() has landmarks, a skip link and captioned figures", async () => {
  const html = renderReport(await report());
  for (
    const part of [
      '<html lang="en">',
      '<a class="skip" href="#main">',
      '<main id="main"',
      "<header>",
      "<footer",
      "<figcaption>Bars.",
      "<details>",
      "<caption>",
    ]
  ) {
    assert.ok(html.includes(part), part);
  }
  assert.equal(html.match(/<h1>/g)!.length, 1);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, list] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const id of list!.split(" ")) assert.ok(ids.includes(id), id);
  }
});

Deno.test("renderReport() sets numbers beside the paper's and says the verdict in words", async () => {
  const html = renderReport(await report());
  assert.match(html, /81\.6 % <span>\(sd 19\.0 %\)<\/span><\/td><td>81\.7 % <span>\(sd 19\.3 %\)/);
  assert.match(html, /class="pass">pass</);
  assert.match(html, /class="fail">fail</);
  assert.match(html, />not applicable</);
  assert.match(html, />not a number</);
  assert.match(html, />12\.35</);
});

Deno.test("renderReport() escapes hostile strings", async () => {
  const evil = `</script><script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e🧠'&\u0000`;
  const base = await report();
  const html = renderReport({
    title: evil,
    question: evil,
    command: evil,
    numbers: [{ name: evil, value: 1, verdict: "pass", note: evil }],
    figures: [{
      ...base.figures[0]!,
      caption: evil,
      table: { caption: evil, columns: [evil], rows: [[evil]] },
    }],
    provenance: { [evil]: { [evil]: [evil] } },
  });
  assert.doesNotMatch(html, /<script|<img/);
  assert.ok(!html.includes("\0"));
  assert.ok(html.includes("&lt;/script&gt;&lt;script&gt;"));
});

Deno.test("renderReport() refuses figures that act or share an id", async () => {
  const base = await report();
  const [figure] = base.figures;
  for (
    const evil of [
      `<script>1</script>`,
      `<rect onclick="x()"/>`,
      `<a xlink:href="javascript:1"><rect/></a>`,
      `<image href="https://example.org/a.png"/>`,
      `<foreignObject/>`,
      `<style>*{}</style>`,
    ]
  ) {
    const svg = figure!.svg.replace("</svg>", `${evil}</svg>`);
    assert.throws(() => renderReport({ ...base, figures: [{ svg, caption: "c" }] }), NeuriteError);
  }
  assert.throws(
    () => renderReport({ ...base, figures: [figure!, figure!] }),
    /second figure with id/,
  );
  assert.throws(
    () => renderReport({ ...base, figures: [{ svg: "<p>", caption: "c" }] }),
    NeuriteError,
  );
});

Deno.test("the report's colours keep a contrast of 4.5 in both schemes", () => {
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  for (const [name, colors] of Object.entries(SCHEMES)) {
    for (const ground of [colors.ground, colors.card]) {
      for (const key of ["ink", "soft", "link", "pass", "fail"] as const) {
        const [a, b] = [luminance(colors[key]), luminance(ground)].toSorted((x, y) => y - x);
        const contrast = (a! + 0.05) / (b! + 0.05);
        assert.ok(contrast >= 4.5, `${name} ${key} on ${ground}: ${contrast.toFixed(2)}`);
      }
    }
  }
});
