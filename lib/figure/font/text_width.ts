/**
 * How wide a piece of text is in the bundled font, so that layout is the same on every machine.
 *
 * @module
 */
import { BOLD, type FaceWidths, REGULAR } from "./widths.ts";

/** How the measured text is set. */
export interface TextStyle {
  /** Font size in px. */
  size: number;
  /** A CSS weight; 600 and above, or `"bold"`, is measured in the bold face. */
  weight?: string | number | undefined;
}

const ZERO_WIDTH = /^[\p{M}\p{Cf}]$/u;
// Emoji and the wide East Asian blocks: the font lacks them, a viewer draws them one em wide.
const FULL_EM =
  /^[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uff60]$/u;

/** Advance width of one code point in font units, or `undefined` where the font lacks it. */
export function advanceWidth(face: FaceWidths, codePoint: number): number | undefined {
  let low = 0;
  let high = face.runs.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, widths] = face.runs[middle]!;
    if (codePoint < first) high = middle - 1;
    else if (codePoint >= first + widths.length) low = middle + 1;
    else return widths[codePoint - first];
  }
  return undefined;
}

/** The face that draws a CSS weight. */
export function faceOf(weight: TextStyle["weight"]): FaceWidths {
  return weight === "bold" || weight === "bolder" || Number(weight) >= 600 ? BOLD : REGULAR;
}

/**
 * Width of `text` in px: the sum of its advance widths. Kerning is left out, so the result is at
 * least what is drawn. Characters outside the font count as a viewer's fallback would draw them.
 *
 * @example Usage
 * ```ts
 * import { textWidth } from "neurite/lib/figure/font/text_width.ts";
 *
 * if (textWidth("00", { size: 20 }) !== 20 * 2 * 1139 / 2048) throw new Error("unreachable");
 * ```
 */
export function textWidth(text: string, style: TextStyle): number {
  const face = faceOf(style.weight);
  let units = 0;
  for (const character of text) {
    const width = advanceWidth(face, character.codePointAt(0)!);
    if (width !== undefined) units += width;
    else if (ZERO_WIDTH.test(character)) continue;
    else units += FULL_EM.test(character) ? face.unitsPerEm : face.notdef;
  }
  return units * style.size / face.unitsPerEm;
}
