import assert from "node:assert/strict";
import { escapeMarkup } from "./escape.ts";
import { countDrawn, finishSvg } from "./svg_document.ts";

const HEADING = { id: "figure-a", title: "A", description: "B" };
const svg = (body: string) => `<svg xmlns="x" width="10" height="10">${body}</svg>`;

Deno.test("finishSvg() renumbers ids in order of appearance", () => {
  const first = finishSvg(svg(`<clipPath id="clip7"/><g clip-path="url(#clip7)"/>`), HEADING);
  const later = finishSvg(svg(`<clipPath id="clip99"/><g clip-path="url(#clip99)"/>`), HEADING);
  assert.equal(first, later);
  assert.match(first, /id="figure-a-1".*url\(#figure-a-1\)/);
});

Deno.test("finishSvg() rounds coordinates only", () => {
  const out = finishSvg(
    svg(`<path d="M0.12345,-1e-9L1.5,2" aria-label="0.12345"/><text>0.12345</text>`),
    HEADING,
  );
  assert.match(out, /d="M0\.123,0L1\.5,2" aria-label="0\.12345"/);
  assert.match(out, /<text>0\.12345</);
});

Deno.test("finishSvg() refuses coordinates that are not numbers", () => {
  assert.throws(() => finishSvg(svg(`<path d="MNaN,0"/>`), HEADING), /NaN/);
});

Deno.test("countDrawn() counts elements by mark, also of empty groups", () => {
  const drawn = countDrawn(
    `<g class="mark-rect role-mark a_marks"><path/><path/></g><g class="mark-rect role-mark b_marks"/>` +
      `<g class="mark-rule role-mark c_marks"><line/></g><g class="mark-text role-axis-label"><text/></g>`,
  );
  assert.deepEqual(Object.fromEntries(drawn), { a_marks: 2, b_marks: 0, c_marks: 1 });
});

Deno.test("escapeMarkup() leaves nothing that markup reads", () => {
  assert.equal(
    escapeMarkup(`<a b='c' d="e">&\u0001\ud800`),
    "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\ufffd\ufffd",
  );
});
