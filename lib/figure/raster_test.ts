import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { encodePng, pngDataUri } from "./raster.ts";

/** The pixel colour numbers of a PNG made by encodePng. */
function decode(png: Uint8Array): { width: number; height: number; rows: Uint8Array[] } {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  let data = new Uint8Array();
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    if (type === "IDAT") data = new Uint8Array(inflateSync(png.subarray(at + 8, at + 8 + length)));
    at += 12 + length;
  }
  const rows = Array.from(
    { length: height },
    (_, y) => data.slice(y * (width + 1) + 1, (y + 1) * (width + 1)),
  );
  return { width, height, rows };
}

Deno.test("encodePng() keeps every pixel, enlarged", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 4 }),
    (width, height, enlarge) => {
      const indices = Uint8Array.from({ length: width * height }, (_, i) => (i * 7) % 3);
      const colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255]] as const;
      const decoded = decode(encodePng({ width, height, indices, colors }, enlarge));
      assert.equal(decoded.width, width * enlarge);
      assert.equal(decoded.height, height * enlarge);
      for (const [y, row] of decoded.rows.entries()) {
        for (const [x, index] of row.entries()) {
          const source = Math.floor(y / enlarge) * width + Math.floor(x / enlarge);
          assert.equal(index, indices[source]);
        }
      }
    },
  ));
});

Deno.test("encodePng() gives the same bytes for the same picture", () => {
  const image = {
    width: 2,
    height: 1,
    indices: Uint8Array.of(0, 1),
    colors: [[1, 2, 3], [4, 5, 6]] as const,
  };
  assert.equal(pngDataUri(encodePng(image, 3)), pngDataUri(encodePng(image, 3)));
});

Deno.test("encodePng() refuses pictures beyond its bounds", () => {
  const image = { width: 20_000, height: 1, indices: new Uint8Array(20_000), colors: [] };
  assert.throws(() => encodePng(image), RangeError);
});
