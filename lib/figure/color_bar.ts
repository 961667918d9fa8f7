/**
 * Ticks and title of a colour bar.
 *
 * @module
 */
import { textWidth } from "./font/text_width.ts";

const LARGEST_TITLE_WIDTH = 110;
const TITLE_SIZE = 11;

/** Steps of 1, 2, 2.5 and 5 times a power of ten that cut `span` into 3 to 6 parts, finest first. */
function niceSteps(span: number): number[] {
  const power = 10 ** Math.floor(Math.log10(span / 6));
  return [1, 2, 2.5, 5, 10, 20].map((factor) => factor * power).filter((step) =>
    span / step <= 6 + 1e-9 && span / step >= 3 - 1e-9
  );
}

/** Least distance of two labels along a bar, px; Vega drops labels that are closer. */
const LABEL_ROOM = 20;

/**
 * Round values between the ends of a colour bar, and the ends themselves, so that the range can be
 * read off the figure. Round values that would touch an end's label are left out; a bar of `length`
 * px that has no room for three steps has 0 only, where it lies between the ends.
 */
export function barTicks(low: number, high: number, length = Infinity): number[] {
  const isWhole = (x: number) => Math.abs(x - Math.round(x)) < 1e-6;
  const room = LABEL_ROOM * (high - low) / length;
  const steps = niceSteps(high - low).filter((step) => step >= room);
  if (steps.length === 0) return low < 0 && high > 0 ? [low, 0, high] : [low, high];
  const step = steps.find((s) => isWhole(low / s) && isWhole(high / s)) ?? steps[0]!;
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
