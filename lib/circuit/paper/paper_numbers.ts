/**
 * What the paper reports for GPT-2 small, and how near a run must come
 * (Hanna et al. 2023; spec/greater_than section 5).
 *
 * @module
 */
import { basename } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { CANONICAL_IDS, parseHubId } from "../../store/hub/mod.ts";
import type { MeasureSummary, RatioSummary } from "../task/measures.ts";

/** The numbers of a run by test: `baseline`, `ms`, `ms_reverse`, `lms`, `lms_reverse`. */
export type Summaries = Readonly<Partial<Record<string, MeasureSummary | RatioSummary>>>;

/** GPT-2 small on 10,000 prompts, under the names of summary.json. */
export const PAPER_SUMMARY = {
  baseline: {
    "prob_diff_mean": 0.817,
    "prob_diff_sd": 0.193,
    "sharpness_mean": 0.06,
    "sharpness_sd": 0.072,
  },
  ms: { "prob_diff_mean": 0.727, ratio: 0.895 },
} as const;

const PAPER_COUNT = 10_000;

/** The paper prints one decimal of a per cent. */
const PAPER_ROUNDING = 0.0005;

/** Beyond this many standard errors of both samples a difference is not chance. */
const STANDARD_ERRORS = 3;

/** A measure beside the paper's, judged where it can be. */
export interface JudgedNumber {
  readonly name: string;
  readonly value: number;
  /** Sample standard deviation over prompts, where the measure is a mean. */
  readonly sd?: number;
  readonly paper?: number;
  readonly paperSd?: number;
  readonly format: "percent";
  readonly verdict: "pass" | "fail" | "not applicable";
  readonly note: string;
}

/** Tests for people, in the order they are shown. */
export const TEST_NAMES: Readonly<Record<string, string>> = {
  baseline: "model",
  ms: "circuit alone",
  "ms_reverse": "model without the circuit",
  lms: "whole circuit alone",
  "lms_reverse": "model without the whole circuit",
};

/** Whether a model's name is that of GPT-2 small on the Hub. */
export function isPaperModel(model: string): boolean {
  try {
    const { repo } = parseHubId(model);
    return repo === "gpt2" || repo === CANONICAL_IDS.gpt2;
  } catch {
    return false;
  }
}

/** A model as titles of figures have it: the paper's own as in the paper. */
export function modelTitle(model: string): string {
  return isPaperModel(model) ? "GPT-2 Small" : basename(model);
}

/** A number of the summaries, before it is judged. */
interface Measured {
  readonly test: string;
  readonly measure: "prob_diff_mean" | "sharpness_mean" | "ratio";
  readonly value: number;
  readonly sd: number | undefined;
  readonly interval: readonly [number, number];
}

function measuredIn(summaries: Summaries): Measured[] {
  return Object.keys(TEST_NAMES).flatMap((test): Measured[] => {
    const summary = summaries[test];
    if (!summary) return [];
    const { prob_diff_mean, prob_diff_sd, prob_diff_ci } = summary;
    const { sharpness_mean, sharpness_sd, sharpness_ci } = summary;
    return [
      {
        test,
        measure: "prob_diff_mean",
        value: prob_diff_mean,
        sd: prob_diff_sd,
        interval: prob_diff_ci,
      },
      ...(sharpness_mean === undefined ? [] : [{
        test,
        measure: "sharpness_mean" as const,
        value: sharpness_mean,
        sd: sharpness_sd,
        interval: sharpness_ci!,
      }]),
      ...("ratio" in summary && test !== "baseline"
        ? [{
          test,
          measure: "ratio" as const,
          value: summary.ratio,
          sd: undefined,
          interval: summary.ratio_ci,
        }]
        : []),
    ];
  });
}

const MEASURE_NAMES = {
  "prob_diff_mean": "probability difference",
  "sharpness_mean": "cutoff sharpness",
  ratio: "share of the model's probability difference",
} as const;

/** The paper's number of a measure. */
interface PaperNumber {
  readonly paper?: number;
  readonly paperSd?: number;
}

function paperOf({ test, measure }: Measured): PaperNumber {
  const numbers = (PAPER_SUMMARY as Record<string, Record<string, number>>)[test];
  const paper = numbers?.[measure];
  const paperSd = numbers?.[measure.replace("_mean", "_sd")];
  if (paper === undefined) return {};
  return { paper, ...(paperSd !== undefined && measure !== "ratio" && { paperSd }) };
}

/** Ends of a 95 % interval are this many standard errors from its middle. */
const INTERVAL_ERRORS = 1.96;

/** What a run measured, where the paper has numbers of one circuit and one way to draw prompts. */
export interface MeasuredOn {
  /** The circuit's name. @default {"paper"} */
  readonly circuit?: string | undefined;
  /** How the prompts came; the paper's numbers are of unbalanced draws. @default {"unbalanced"} */
  readonly prompts?: string | undefined;
}

/**
 * How far a draw that is balanced over the start years may move a number: in the five embedded models
 * it raises the probability difference by 0.008 to 0.012, lowers the sharpness by up to a fifth, and
 * moves the circuit's share by 0.003 at most (docs of circuit_discovery and big_ds_experiments).
 */
const BALANCE = { "prob_diff_mean": 0.015, "sharpness_mean": 0.012, ratio: 0.005 } as const;

/** Why the paper's number of a test cannot judge a run, or undefined where it can. */
function whyNotJudged(
  model: string,
  test: string,
  { circuit = "paper", prompts }: MeasuredOn,
): string | undefined {
  if (!isPaperModel(model)) return "the paper's number is of GPT-2 small";
  if (prompts === "own") return "the paper's number is of its own prompts";
  if (test !== "baseline" && circuit !== "paper") return "the paper's number is of its own circuit";
  return undefined;
}

/**
 * The measures of a run of `count` prompts with the paper's; only gpt2 on drawn prompts can pass or
 * fail, and a circuit's tests only with the paper's circuit.
 */
export function yearNumbers(
  model: string,
  count: number,
  summaries: Summaries,
  on: MeasuredOn = {},
): JudgedNumber[] {
  // Only years have a sharpness; the paper has no number of another task.
  const asksYears = summaries.baseline?.sharpness_mean !== undefined;
  return measuredIn(summaries).map((measured) => {
    const { test, measure, value, sd, interval: [low, high] } = measured;
    const { paper, paperSd }: PaperNumber = asksYears ? paperOf(measured) : {};
    const range = `95 % interval ${percent(low)} to ${percent(high)}`;
    const shown = {
      name: `${TEST_NAMES[test]}: ${MEASURE_NAMES[measure]}`,
      value,
      ...(sd !== undefined && { sd }),
      ...(paper !== undefined && { paper }),
      ...(paperSd !== undefined && { paperSd }),
      format: "percent" as const,
    };
    if (paper === undefined) return { ...shown, verdict: "not applicable", note: range };
    const reason = whyNotJudged(model, test, on);
    if (reason) return { ...shown, verdict: "not applicable", note: `${range}; ${reason}` };
    // Where the paper gives no spread, its sample is taken to spread as ours does.
    const own = paperSd ?? (high - low) / 2 / INTERVAL_ERRORS * Math.sqrt(count);
    const error = own * Math.sqrt(1 / count + 1 / PAPER_COUNT);
    const balance = on.prompts === "balanced" ? BALANCE[measure] : 0;
    const allowed = STANDARD_ERRORS * error + PAPER_ROUNDING + balance;
    const near = Math.abs(value - paper) <= allowed;
    const note = `${range}; within ${STANDARD_ERRORS} standard errors of both samples` +
      `${balance > 0 ? " and the difference a balanced draw makes" : ""} is ` +
      `±${(100 * allowed).toFixed(1)} points`;
    return { ...shown, verdict: near ? "pass" : "fail", note };
  });
}

function percent(value: number): string {
  // A value that rounds to nothing has no sign.
  return `${(100 * value).toFixed(1).replace(/^-(0\.0)$/, "$1")} %`;
}

/**
 * The failure of `--check`, or undefined when the run agrees with the paper.
 *
 * @returns E-CHECK naming the measure, or E-USAGE for a model the paper has no number of.
 */
export function checkPaper(
  model: string,
  count: number,
  summaries: Summaries,
  on: MeasuredOn = {},
): NeuriteError | undefined {
  if (!isPaperModel(model)) {
    return cannot("E-USAGE", {
      do: "check",
      thing: model,
      is: "a model the paper has no number of",
      expected: "gpt2",
      hint: "leave out --check, or use --model gpt2",
    });
  }
  if (on.prompts === "own") {
    return cannot("E-USAGE", {
      do: "check",
      thing: "--prompts",
      is: "prompts the paper has no number of",
      expected: "prompts drawn as in the paper",
      hint: "leave out --check, or --prompts",
    });
  }
  const wrong = yearNumbers(model, count, summaries, on).find(({ verdict }) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: wrong.name,
    is: `${wrong.value.toFixed(4)} on ${count} prompts`,
    expected: `${wrong.paper} (${wrong.note})`,
    hint: "compare options and model revision in run.json with the paper's",
  });
}
