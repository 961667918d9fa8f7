/**
 * The paper's figures of the circuit search, from the arrays of a run (spec/greater_than section 3.8).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { ippFigures } from "./ipp_figures.ts";
import { lensFigures } from "./lens_figures.ts";
import { patchedFigures } from "./year_figures.ts";

export type { Arrays } from "./arrays.ts";

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
    ...patchedFigures(model, { ms: arrays.probs_ms, lms: arrays.probs_lms }),
  ];
}
