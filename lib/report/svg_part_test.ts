import assert from "node:assert/strict";
import fc from "fast-check";
import { renderSvg } from "../figure/render.ts";
import { svgPart } from "./svg_part.ts";

const GOOD = '<svg class="m" viewBox="0 0 9 9"><title id="t">A &lt; b</title><g fill="none">' +
  '<path id="p" d="M0,0h1" clip-path="url(#c)"/><text x="1">α &amp; β</text></g></svg>';

function unfit(svg: string): string {
  const part = svgPart(svg, "x-");
  assert.ok("unfit" in part, svg);
  return part.unfit;
}

Deno.test("svgPart() keeps a drawing and puts its ids under the prefix", () => {
  const part = svgPart(`${GOOD}\n`, "one-");
  assert.ok("svg" in part);
  assert.equal(
    part.svg,
    GOOD.replace('"t"', '"one-t"').replace('"p"', '"one-p"').replace("#c", "#one-c"),
  );
});

Deno.test("svgPart() takes the figures that the suite draws", async () => {
  const svg = await renderSvg({
    name: "heat",
    title: "Heat < cold",
    data: { values: [{ x: "a", y: 1 }, { x: "b", y: 2 }] },
    mark: "bar",
    encoding: {
      x: { field: "x", type: "nominal" },
      y: { field: "y", type: "quantitative" },
      color: { field: "y", type: "quantitative" },
    },
  });
  const part = svgPart(svg, "f-");
  assert.ok("svg" in part, JSON.stringify(part));
  assert.match(part.svg, /aria-labelledby="f-figure-heat-title f-figure-heat-desc"/);
  assert.doesNotMatch(part.svg, /xmlns|http/);
  const count = (text: string) => text.match(/<[a-z]/g)!.length;
  assert.equal(count(part.svg), count(svg));
});

const HOSTILE = [
  "<script>1</script>",
  "<script/>",
  '<image href="http://x.test/a.png"/>',
  '<image href="data:text/html;base64,AA"/>',
  '<image xlink:href="data:image/svg+xml;base64,AA"/>',
  '<path onload="1" d=""/>',
  "<path onload='1'/>",
  "<path d=M0/>",
  '<path d="a" d2/>',
  '<a href="#x">x</a>',
  "<style>*{}</style>",
  '<path style="x"/>',
  '<path fill="url(http://x.test)"/>',
  '<path fill="u\\72l(http://x.test)"/>',
  '<path clip-path="url(#a) url(//x.test)"/>',
  "<foreignObject></foreignObject>",
  "<p>breaks out</p>",
  "<!-- c -->",
  "<![CDATA[x]]>",
  "<?xml version='1.0'?>",
  "<g></svg>",
  "</g>",
  "<title><g/></title>",
  "<svg></svg>",
  "<meta/>",
];

Deno.test("svgPart() refuses a drawing that could act, fetch or leave its place", () => {
  for (const part of HOSTILE) {
    assert.ok(unfit(`<svg>${part}</svg>`).length > 0);
  }
  for (const whole of ["", "text", "<g/>", "<svg>", `${GOOD}<p>`, `x${GOOD}`, `${GOOD}${GOOD}`]) {
    unfit(whole);
  }
});

Deno.test("svgPart() gives text back as text whatever stands in it", () => {
  const units = fc.array(fc.nat(0xffff), { maxLength: 40 });
  fc.assert(fc.property(units, (codes) => {
    const text = String.fromCharCode(...codes);
    const part = svgPart(`<svg><text>${text}</text></svg>`, "x-");
    if ("unfit" in part) return text.includes("<");
    const inner = /^<svg><text>(.*)<\/text><\/svg>$/s.exec(part.svg);
    return inner !== null && !/[<>]/.test(inner[1]!);
  }));
});
