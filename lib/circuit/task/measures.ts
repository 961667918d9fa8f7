/**
 * What is reported of the answers to a task: the probability difference and, for years, the cutoff
 * sharpness, each with its standard deviation and a bootstrap interval.
 *
 * @module
 */
import { type Interval, percentileInterval, ratioInterval, resampledMeans } from "./bootstrap.ts";
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

/**
 * A summary with the share of the baseline's mean probability difference that is kept, and for years
 * the sharpness over the baseline's.
 */
export type RatioSummary =
  & MeasureSummary
  & Readonly<{
    ratio: number;
    "ratio_ci": Bounds;
    "sharpness_ratio"?: number;
    "sharpness_ratio_ci"?: Bounds;
  }>;

/** An interval as summary.json has it. */
export function boundsOf({ low, high }: Interval): Bounds {
  return [low, high];
}

/** Measures of full-vocabulary probabilities f64 `[N, C]` of a task's labels. */
export function measure(task: ContrastTask, probabilities: Float64Array): PromptMeasures {
  return {
    probDiff: signedSums(probabilities, task.signs, task.labelIds.length),
    ...(asksYears(task) && { sharpness: cutoffSharpness(probabilities, task.YY) }),
  };
}

/** Means of measures under the bootstrap's draws. */
interface DrawnMeans {
  readonly probDiff: Float64Array;
  readonly sharpness?: Float64Array | undefined;
}

/** Draws prompts once for several measures of the same prompts. */
function drawMeans(all: readonly PromptMeasures[], seed: number): DrawnMeans[] {
  const series = all.flatMap(({ probDiff, sharpness }) =>
    sharpness ? [probDiff, sharpness] : [probDiff]
  );
  const means = resampledMeans(series, { seed }).values();
  return all.map(({ sharpness }) => ({
    probDiff: means.next().value!,
    ...(sharpness && { sharpness: means.next().value! }),
  }));
}

function summaryOf({ probDiff, sharpness }: PromptMeasures, draws: DrawnMeans): MeasureSummary {
  const difference = meanAndSd(probDiff);
  const step = sharpness && meanAndSd(sharpness);
  return {
    "prob_diff_mean": difference.mean,
    "prob_diff_sd": difference.sd,
    "prob_diff_ci": bounds(draws.probDiff),
    ...(step && {
      "sharpness_mean": step.mean,
      "sharpness_sd": step.sd,
      "sharpness_ci": bounds(draws.sharpness!),
    }),
  };
}

/** Summarises measures; `seed` is of the bootstrap. */
export function summarize(measures: PromptMeasures, seed: number): MeasureSummary {
  return summaryOf(measures, drawMeans([measures], seed)[0]!);
}

/** Summarises measures beside the baseline's of the same prompts. */
export function summarizeBeside(
  measures: PromptMeasures,
  baseline: PromptMeasures,
  seed: number,
): RatioSummary {
  return summarizeTests(baseline, { own: measures }, seed).own;
}

/**
 * Summarises the measures of several tests of the same prompts beside the baseline's, all from one set
 * of draws: the same numbers as one by one, sooner.
 */
export function summarizeTests<Name extends string>(
  baseline: PromptMeasures,
  tests: Readonly<Record<Name, PromptMeasures>>,
  seed: number,
): Record<Name, RatioSummary> {
  const entries = Object.entries<PromptMeasures>(tests);
  const [base, ...draws] = drawMeans([baseline, ...entries.map(([, own]) => own)], seed);
  const ratioOf = (
    kind: keyof PromptMeasures,
    own: PromptMeasures,
    drawn: DrawnMeans,
  ): readonly [number, Bounds] => [
    meanAndSd(own[kind]!).mean / meanAndSd(baseline[kind]!).mean,
    boundsOf(ratioInterval(drawn[kind]!, base![kind]!)),
  ];
  return Object.fromEntries(entries.map(([name, own], index) => {
    const drawn = draws[index]!;
    const [ratio, interval] = ratioOf("probDiff", own, drawn);
    // Without any sharpness of the baseline's there is nothing to keep a share of.
    const step = own.sharpness && base!.sharpness!.every((mean) => mean !== 0) &&
      ratioOf("sharpness", own, drawn);
    return [name, {
      ...summaryOf(own, drawn),
      ratio,
      "ratio_ci": interval,
      ...(step && { "sharpness_ratio": step[0], "sharpness_ratio_ci": step[1] }),
    }];
  })) as Record<Name, RatioSummary>;
}

function bounds(draws: Float64Array): Bounds {
  return boundsOf(percentileInterval(draws));
}
