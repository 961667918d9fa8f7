/**
 * A small deterministic PNG encoder for dense heatmaps: 8-bit palette, one filter, no metadata.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import type { Rgb } from "./palette.ts";

/** Largest width or height, px: far above any figure, small enough to allocate. */
const MAX_SIDE = 16_384;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

function header(width: number, height: number): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([8, 3, 0, 0, 0], 8);
  return data;
}

/** A picture as colour numbers, row-major, into at most 256 colours. */
export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  readonly indices: Uint8Array;
  readonly colors: readonly Rgb[];
}

/**
 * The picture as a PNG file, each of its pixels drawn as `enlarge` × `enlarge`. Cells are enlarged
 * here because viewers smooth a small picture when they stretch it.
 *
 * @throws {RangeError} when a side is above 16,384 px or there are more than 256 colours.
 */
export function encodePng(image: IndexedImage, enlarge = 1): Uint8Array {
  const width = image.width * enlarge;
  const height = image.height * enlarge;
  if (width > MAX_SIDE || height > MAX_SIDE || image.colors.length > 256) {
    throw new RangeError(
      `Cannot encode "PNG": ${width} x ${height} px in ${image.colors.length} colours, ` +
        `expected at most ${MAX_SIDE} px a side and 256 colours`,
    );
  }
  const stride = width + 1;
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < image.height; y++) {
    const start = y * enlarge * stride;
    for (let x = 0; x < image.width; x++) {
      const index = image.indices[y * image.width + x]!;
      rows.fill(index, start + 1 + x * enlarge, start + 1 + (x + 1) * enlarge);
    }
    for (let copy = 1; copy < enlarge; copy++) {
      rows.copyWithin(start + copy * stride, start, start + stride);
    }
  }
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header(width, height)),
    chunk("PLTE", Uint8Array.from(image.colors.flat())),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** A PNG file as a `data:` address. */
export function pngDataUri(png: Uint8Array): string {
  return `data:image/png;base64,${png.toBase64()}`;
}
