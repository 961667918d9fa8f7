/**
 * Colour ranges: the paper's on its own model, automatic elsewhere.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { valueRange } from "../color_scale.ts";

/** Lower and upper end of a colour bar. */
export type Range = readonly [number, number];

/** What every set of greater-than figures needs to know of its run. */
export interface FigureOptions {
  /** The model as titles have it, such as `"GPT-2 Small"`. */
  readonly model: string;
  /** Whether it is the paper's model, whose figures take the paper's ranges. @default {false} */
  readonly isPaperModel?: boolean;
}

/** `{ domain }` of the paper on its own model; nothing elsewhere, which leaves it automatic. */
export function paperDomain(
  domain: Range,
  { isPaperModel = false }: Pick<FigureOptions, "isPaperModel">,
): { domain?: Range } {
  return isPaperModel ? { domain } : {};
}

/** Least to largest value, not centred, as the original's automatic ranges are. */
export function dataRange(arrays: readonly HostArray[]): Range {
  return valueRange(arrays.flatMap(({ data }) => Array.from(data, Number)), "Blues");
}
