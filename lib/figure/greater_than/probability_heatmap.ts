/**
 * The paper's probability heatmap: how probable each year is after each start year.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { YY_TICKS } from "./labels.ts";
import { yearHeatmap } from "./year_heatmap.ts";

/** Which heatmap of probabilities it is. */
export interface ProbabilityHeatmapOptions {
  /** The model as the title has it, such as `"GPT-2 Small"`. */
  readonly model: string;
  /** Before the model's name, such as `"Patched"`. @default nothing */
  readonly prefix?: string;
  /** @default {"probability-heatmap"} */
  readonly name?: string;
  /** The paper's figure is blue; the original's working window used amp. @default {"Blues"} */
  readonly palette?: "Blues" | "amp";
  /** @default {[0, 0.25]} */
  readonly domain?: readonly [number, number];
  /** Cells that are NaN because no prompt had that start year. @default {0} */
  readonly missing?: number;
}

/**
 * Probabilities [97,100] by YY (02 on top) and predicted year, in 0..0.25 (Hanna et al. 2023;
 * spec/greater_than section 3.8).
 *
 * @param probs Softmax probabilities at the 100 year tokens, one row a YY of 02..98.
 * @throws {NeuriteError} `E-FIGURE` for another shape or NaN.
 */
export function probabilityHeatmap(
  probs: HostArray,
  options: ProbabilityHeatmapOptions,
): TopLevelSpec {
  const { model, prefix, palette = "Blues", domain = [0, 0.25] } = options;
  const title = `${prefix ? `${prefix} ` : ""}${model} Probability Heatmap`;
  return yearHeatmap([{ values: probs }], {
    name: options.name ?? "probability-heatmap",
    title,
    description: `Probability of each of the 100 two-digit years (columns) after start years 02 ` +
      `to 98 (rows, 02 on top), coloured from ${domain[0]} to ${domain[1]}. A model that does ` +
      `greater-than is dark to the right of the diagonal only.`,
    colorTitle: "Probability",
    rowTicks: YY_TICKS,
    palette,
    domain,
    missing: options.missing ?? 0,
  });
}
