/**
 * One row of the probability heatmap as a line.
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { line } from "../line.ts";
import type { TopLevelSpec } from "../spec_types.ts";

/** Which row, of which model. */
export interface ProbabilitySliceOptions {
  /** The model as the title has it, such as `"GPT-2 Small"`. */
  readonly model: string;
  /** Start year, 2..98. @default {41}, the paper's */
  readonly yy?: number;
  /** @default {"probability-slice"} */
  readonly name?: string;
}

/** The row of a [97,100] matrix that belongs to a start year of 2..98. */
export function sliceRow(probs: HostArray, yy: number): number[] {
  if (probs.shape[0] !== 97 || probs.shape[1] !== 100 || !(yy >= 2 && yy <= 98)) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: "probability slice",
      is: `year ${yy} of values of shape ${formatShape(probs.shape)}`,
      expected: "a year of 2 to 98 and [97, 100]",
      hint: "collate the probabilities by YY first",
    });
  }
  return Array.from(probs.data.subarray((yy - 2) * 100, (yy - 1) * 100), Number);
}

/**
 * Probability against predicted year for one start year, with a rule at it (spec/greater_than
 * section 3.8: row 39, YY = 41).
 *
 * @param probs Softmax probabilities [97,100], one row a YY of 02..98.
 * @throws {NeuriteError} `E-FIGURE` for another shape or year.
 */
export function probabilitySlice(
  probs: HostArray,
  options: ProbabilitySliceOptions,
): TopLevelSpec {
  const { model, yy = 41, name = "probability-slice" } = options;
  const y = sliceRow(probs, yy);
  const label = String(yy).padStart(2, "0");
  const above = y.slice(yy + 1).reduce((sum, value) => sum + value, 0);
  const rest = y.slice(0, yy + 1).reduce((sum, value) => sum + value, 0);
  return line([{ name: "probability", x: y.map((_, i) => i), y }], {
    name,
    title: `${model} Probability by Year, YY = ${label}`,
    description: `Probability of each two-digit year after start year ${label}. Years above ` +
      `${label} sum to ${above.toFixed(3)}, years up to ${label} to ${rest.toFixed(3)}.`,
    xTitle: "Predicted Year",
    yTitle: "Probability",
    xDomain: [0, 99],
    xTicks: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99],
    rules: [{ x: yy, label: `YY = ${label}` }],
  });
}
