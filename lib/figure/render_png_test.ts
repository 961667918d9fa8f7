import assert from "node:assert/strict";
import { Resvg } from "@resvg/resvg-wasm";
import { NeuriteError } from "../errors.ts";
import { renderSvg } from "./render.ts";
import { renderPng } from "./render_png.ts";

const TEXT = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20">` +
  `<rect width="80" height="20" fill="#fff"/>` +
  `<text x="4" y="15" font-family="Neurite Sans, Arial" font-size="12px">Layer α ≤ 9</text></svg>`;

/** Pixels of a PNG that are not white, by wrapping it into an SVG that is drawn again. */
function ink(png: Uint8Array): { width: number; height: number; inked: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const uri = `data:image/png;base64,${png.toBase64()}`;
  using resvg = disposable(
    new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
        `width="${width}" height="${height}"><image width="${width}" height="${height}" ` +
        `xlink:href="${uri}"/></svg>`,
    ),
  );
  using image = disposable(resvg.value.render());
  const { pixels } = image.value;
  let inked = 0;
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i]! < 200) inked++;
  return { width, height, inked };
}

function disposable<T extends { free(): void }>(value: T) {
  return { value, [Symbol.dispose]: () => value.free() };
}

Deno.test("renderPng() draws text in the bundled font, and none without it", async () => {
  const withFont = ink(await renderPng(TEXT));
  const without = ink(await renderPng(TEXT, { fonts: [] }));
  assert.ok(withFont.inked > 100, String(withFont.inked));
  assert.equal(without.inked, 0);
});

Deno.test("renderPng() has the SVG's size times scale", async () => {
  for (const scale of [1, 2, 3]) {
    const { width, height } = ink(await renderPng(TEXT, { scale }));
    assert.deepEqual([width, height], [80 * scale, 20 * scale]);
  }
});

Deno.test("renderPng() gives the same bytes twice", async () => {
  assert.deepEqual(await renderPng(TEXT), await renderPng(TEXT));
});

Deno.test("renderPng() draws hostile text that renderSvg() escaped", async () => {
  const svg = await renderSvg({
    title: `</text><script> "><img onerror> \u0000 \u202e 🧠`,
    data: { values: [{ x: 1 }] },
    mark: "point",
    encoding: { x: { field: "x", type: "quantitative" } },
  });
  assert.ok(ink(await renderPng(svg)).inked > 100);
});

Deno.test("renderPng() refuses what is no SVG, and pictures too large", async () => {
  for (
    const [svg, scale] of [["<svg", 1], [TEXT, 0], [TEXT, NaN], [
      TEXT.replace("80", "40000"),
      1,
    ]] as const
  ) {
    await assert.rejects(
      renderPng(svg, { scale }),
      (error) => error instanceof NeuriteError && error.code === "E-FIGURE",
    );
  }
});
