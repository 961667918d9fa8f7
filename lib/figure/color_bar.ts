/**
 * Ticks and title of a colour bar.
 *
 * @module
 */
import { textWidth } from "./font/text_width.ts";

const LARGEST_TITLE_WIDTH = 110;
const TITLE_SIZE = 11;

/** The step of 1, 2, 2.5 or 5 times a power of ten that cuts `span` into at most `parts`. */
function niceStep(span: number, parts: number): number {
  const raw = span / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((f) => f * power >= raw * (1 - 1e-9))!;
  return factor * power;
}

/**
 * Round values between the ends of a colour bar, and the ends themselves, so that the range can be
 * read off the figure. Round values that would touch an end's label are left out.
 */
export function barTicks(low: number, high: number, parts = 5): number[] {
  const step = niceStep(high - low, parts);
  const inner: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const value = Number((i * step).toPrecision(12));
    if (value - low > 0.45 * step && high - value > 0.45 * step) inner.push(value);
  }
  return [low, ...inner, high];
}

/** A bar's title in lines of at most 110 px, broken between words. */
export function barTitle(title: string): string[] {
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(joined, { size: TITLE_SIZE }) <= LARGEST_TITLE_WIDTH) {
      lines[lines.length - 1] = joined;
    } else lines.push(word);
  }
  return lines;
}
