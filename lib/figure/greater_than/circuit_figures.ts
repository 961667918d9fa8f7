/**
 * The paper's figures of the circuit search, from the arrays of a run (spec/greater_than section 3.8).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { ippFigures } from "./ipp_figures.ts";
import { lensFigures } from "./lens_figures.ts";
import { patchedFigure } from "./year_figures.ts";

export type { Arrays } from "./arrays.ts";

const PATCHED = [
  { array: "probs_ms", prefix: "Patched", name: "patched-probability-heatmap" },
  {
    array: "probs_lms",
    prefix: "Full-Circuit Patched",
    name: "full-patched-probability-heatmap",
  },
] as const;

/**
 * The matrices of patching scores, the logit lenses and the patched heatmaps; those whose arrays
 * are there. `isPaperModel` fixes the colour ranges to the paper's.
 *
 * @throws {NeuriteError} `E-FIGURE` for shapes that do not fit their figure.
 */
export function circuitFigures(
  model: string,
  arrays: Arrays,
  isPaperModel: boolean,
): FigureEntry[] {
  const options = { model, isPaperModel };
  return [
    ...ippFigures(arrays, options),
    ...lensFigures(arrays, options),
    ...PATCHED.flatMap(({ array, prefix, name }) =>
      arrays[array] ? [patchedFigure(arrays[array], { model, prefix, name })] : []
    ),
  ];
}
