/**
 * What is reported of the answers to a task: the probability difference and, for years, the cutoff
 * sharpness, each with its standard deviation and a bootstrap interval.
 *
 * @module
 */
import { percentileInterval, resampledMeans } from "./bootstrap.ts";
import { asksYears, type ContrastTask } from "./contrast_task.ts";
import { cutoffSharpness, meanAndSd, signedSums } from "./year_metrics.ts";

/** The measures of each prompt. */
export interface PromptMeasures {
  /** f64 `[N]`, right minus wrong probability, in −1..1. */
  readonly probDiff: Float64Array;
  /** f64 `[N]`, for years only. */
  readonly sharpness?: Float64Array | undefined;
}

/** Bounds of a mean, low then high. */
export type Bounds = readonly [number, number];

/**
 * Means over the N prompts, under the names of summary.json: `_sd` the sample standard deviation,
 * `_ci` the 95 % bootstrap interval of the mean.
 */
export type MeasureSummary = Readonly<{
  "prob_diff_mean": number;
  "prob_diff_sd": number;
  "prob_diff_ci": Bounds;
  "sharpness_mean"?: number;
  "sharpness_sd"?: number;
  "sharpness_ci"?: Bounds;
}>;

/** A summary with the share of the baseline's mean probability difference that is kept. */
export type RatioSummary = MeasureSummary & Readonly<{ ratio: number; "ratio_ci": Bounds }>;

/** Measures of full-vocabulary probabilities f64 `[N, C]` of a task's labels. */
export function measure(task: ContrastTask, probabilities: Float64Array): PromptMeasures {
  return {
    probDiff: signedSums(probabilities, task.signs, task.labelIds.length),
    ...(asksYears(task) && { sharpness: cutoffSharpness(probabilities, task.YY) }),
  };
}

/** Summarises measures; `seed` is of the bootstrap. */
export function summarize(measures: PromptMeasures, seed: number): MeasureSummary {
  const { probDiff, sharpness } = measures;
  const [first, second] = resampledMeans(sharpness ? [probDiff, sharpness] : [probDiff], { seed });
  const difference = meanAndSd(probDiff);
  const step = sharpness && meanAndSd(sharpness);
  return {
    "prob_diff_mean": difference.mean,
    "prob_diff_sd": difference.sd,
    "prob_diff_ci": bounds(first!),
    ...(step && {
      "sharpness_mean": step.mean,
      "sharpness_sd": step.sd,
      "sharpness_ci": bounds(second!),
    }),
  };
}

/** Summarises measures beside the baseline's of the same prompts. */
export function summarizeBeside(
  measures: PromptMeasures,
  baseline: PromptMeasures,
  seed: number,
): RatioSummary {
  const [ours, base] = resampledMeans([measures.probDiff, baseline.probDiff], { seed });
  const summary = summarize(measures, seed);
  return {
    ...summary,
    ratio: summary.prob_diff_mean / meanAndSd(baseline.probDiff).mean,
    "ratio_ci": bounds(ours!.map((mean, i) => mean / base![i]!)),
  };
}

function bounds(draws: Float64Array): Bounds {
  const { low, high } = percentileInterval(draws);
  return [low, high];
}
