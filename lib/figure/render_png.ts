/**
 * SVG to PNG with resvg and the bundled font. Needs no permission.
 *
 * @module
 */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { cannot } from "../errors.ts";
import { fontBytes } from "./font/bytes.ts";
import { FONT_FAMILY } from "./theme.ts";

/** Largest side of a PNG in px; above it a figure was given a wrong scale. */
const MAX_SIDE = 16_384;

/** How a figure becomes a PNG. */
export interface PngOptions {
  /**
   * Pixels a CSS px.
   *
   * @default {2}
   */
  scale?: number;
  /**
   * Font files to draw with. An empty list draws no text at all, which tests use.
   *
   * @default the bundled font
   */
  fonts?: readonly Uint8Array[];
}

let ready: Promise<void> | undefined;

async function startResvg(): Promise<void> {
  const { default: module } = await import("./resvg_wasm.js");
  await initWasm(module);
}

/**
 * Draws an SVG as a PNG file. Text is drawn in the bundled font only; characters that it lacks
 * (emoji, East Asian scripts) become a box, where a browser shows the SVG with its own fonts.
 *
 * @throws {NeuriteError} `E-FIGURE` when the SVG cannot be read or the picture is too large.
 */
export async function renderPng(svg: string, options: PngOptions = {}): Promise<Uint8Array> {
  const { scale = 2, fonts = fontBytes() } = options;
  ready ??= startResvg();
  await ready;
  const fault = (is: string, expected: string, cause?: unknown) =>
    cannot("E-FIGURE", {
      do: "draw PNG of",
      thing: svg.slice(0, 60),
      is,
      expected,
      hint: "make the SVG with deno task render, and keep --scale between 0.1 and 8",
      cause,
    });
  if (!(scale > 0 && scale <= 64)) throw fault(`scale ${scale}`, "a number above 0, at most 64");
  let resvg: InstanceType<typeof Resvg> | undefined;
  try {
    resvg = new Resvg(svg, {
      fitTo: { mode: "zoom", value: scale },
      font: {
        fontBuffers: [...fonts],
        defaultFontFamily: FONT_FAMILY,
        sansSerifFamily: FONT_FAMILY,
        serifFamily: FONT_FAMILY,
        monospaceFamily: FONT_FAMILY,
      },
    });
  } catch (error) {
    throw fault("no SVG that resvg can read", "well-formed SVG", error);
  }
  try {
    const side = Math.max(resvg.width, resvg.height) * scale;
    if (side > MAX_SIDE) throw fault(`${Math.round(side)} px`, `at most ${MAX_SIDE} px a side`);
    const image = resvg.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}
