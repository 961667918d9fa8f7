/**
 * The tests of a run as a figure of means takes them.
 *
 * @module
 */
import type { Bounds } from "./measures.ts";
import { isPaperModel, PAPER_SUMMARY, type Summaries, TEST_NAMES } from "./paper_numbers.ts";

/** A mean with its interval, and the paper's value where it gives one. */
export interface MeasuredMean {
  readonly mean: number;
  readonly interval: Bounds;
  readonly paper?: number;
}

/** The measures of one test. */
export interface MeasuredTest {
  /** For people: `"model"`, `"circuit alone"`. */
  readonly label: string;
  readonly probDiff: MeasuredMean;
  /** For years only. */
  readonly sharpness?: MeasuredMean;
}

/** The tests of a run in the order they are shown; with the paper's values on its own model. */
export function measuredTests(model: string, summaries: Summaries): MeasuredTest[] {
  const published: Readonly<Record<string, Readonly<Record<string, number>>>> = isPaperModel(model)
    ? PAPER_SUMMARY
    : {};
  return Object.entries(TEST_NAMES).flatMap(([test, label]): MeasuredTest[] => {
    const summary = summaries[test];
    if (!summary) return [];
    const measured = (measure: "prob_diff" | "sharpness"): MeasuredMean | undefined => {
      const mean = summary[`${measure}_mean`];
      const interval = summary[`${measure}_ci`];
      if (mean === undefined || interval === undefined) return undefined;
      const paper = published[test]?.[`${measure}_mean`];
      return { mean, interval, ...(paper !== undefined && { paper }) };
    };
    const sharpness = measured("sharpness");
    return [{ label, probDiff: measured("prob_diff")!, ...(sharpness && { sharpness }) }];
  });
}
