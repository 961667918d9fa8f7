import assert from "node:assert/strict";
import { fontBytes } from "./bytes.ts";
import { advanceWidth, faceOf, textWidth } from "./text_width.ts";
import { BOLD, type FaceWidths, REGULAR } from "./widths.ts";

/** Advance widths read from the font file itself: tables cmap (format 4), hhea, hmtx. */
function widthsOfFile(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const entry = 12 + 16 * i;
    tables.set(
      String.fromCharCode(...bytes.subarray(entry, entry + 4)),
      view.getUint32(entry + 8),
    );
  }
  const metrics = view.getUint16(tables.get("hhea")! + 34);
  const advance = (glyph: number) =>
    view.getUint16(tables.get("hmtx")! + 4 * Math.min(glyph, metrics - 1));
  const cmap = tables.get("cmap")!;
  let format4 = 0;
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const at = cmap + view.getUint32(cmap + 4 + 8 * i + 4);
    if (view.getUint16(at) === 4) format4 = at;
  }
  const segments = view.getUint16(format4 + 6) / 2;
  const ends = format4 + 14;
  const starts = ends + 2 * segments + 2;
  const widths = new Map<number, number>();
  for (let s = 0; s < segments; s++) {
    const [first, last] = [view.getUint16(starts + 2 * s), view.getUint16(ends + 2 * s)];
    const delta = view.getInt16(starts + 2 * segments + 2 * s);
    const place = starts + 4 * segments + 2 * s;
    const range = view.getUint16(place);
    for (let code = first; code <= last && code < 0xffff; code++) {
      const mapped = range === 0 ? code : view.getUint16(place + range + 2 * (code - first));
      const glyph = mapped === 0 ? 0 : (mapped + delta) & 0xffff;
      if (glyph !== 0) widths.set(code, advance(glyph));
    }
  }
  return widths;
}

function allRuns(face: FaceWidths): Map<number, number> {
  return new Map(face.runs.flatMap(([first, list]) => list.map((w, i) => [first + i, w] as const)));
}

Deno.test("widths.ts holds exactly the advance widths of the font files", () => {
  const [regular, bold] = fontBytes();
  assert.deepEqual(allRuns(REGULAR), widthsOfFile(regular!));
  assert.deepEqual(allRuns(BOLD), widthsOfFile(bold!));
});

Deno.test("fontBytes() gives the .ttf files beside it, each under 120 kB", async () => {
  for (const [i, style] of ["regular", "bold"].entries()) {
    const file = await Deno.readFile(new URL(`neurite_sans_${style}.ttf`, import.meta.url));
    assert.deepEqual(fontBytes()[i], file);
    assert.ok(file.length < 120_000);
  }
});

Deno.test("the font holds Latin, Greek and maths", () => {
  for (const character of "AZaz09 éßŁ αβΔΣω −×≤≥≈∑√∞∂ ←→ ₀² …–—’") {
    assert.ok(advanceWidth(REGULAR, character.codePointAt(0)!), character);
  }
});

Deno.test("textWidth() sums advance widths of the face that the weight asks for", () => {
  const regular = (569 + 1139) * 10 / 2048;
  assert.equal(textWidth(" 0", { size: 10 }), regular);
  assert.equal(textWidth(" 0", { size: 20 }), 2 * regular);
  assert.equal(faceOf("bold"), BOLD);
  assert.equal(faceOf(600), BOLD);
  assert.equal(faceOf("500"), REGULAR);
  assert.ok(textWidth("Layer", { size: 10, weight: 700 }) > textWidth("Layer", { size: 10 }));
});

Deno.test("textWidth() counts characters that the font lacks", () => {
  assert.equal(textWidth("", { size: 10 }), 0);
  assert.equal(textWidth("🧠", { size: 10 }), 10);
  assert.equal(textWidth("神", { size: 10 }), 10);
  assert.equal(textWidth("e\u0301", { size: 10 }), textWidth("e", { size: 10 }));
  assert.equal(textWidth("\u202e", { size: 10 }) <= 10, true);
});
