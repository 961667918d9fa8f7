/**
 * What the paper reports for GPT-2 small, and how near a run must come
 * (Hanna et al. 2023; spec/greater_than section 5).
 *
 * @module
 */
import { cannot, type NeuriteError } from "../errors.ts";
import { CANONICAL_IDS, parseHubId } from "../store/hub/mod.ts";
import type { YearSummary } from "./year_behaviour.ts";

/** Behaviour of GPT-2 small on 10,000 prompts. */
export const PAPER_BEHAVIOUR: YearSummary = {
  "prob_diff_mean": 0.817,
  "prob_diff_sd": 0.193,
  "sharpness_mean": 0.06,
  "sharpness_sd": 0.072,
};

const PAPER_COUNT = 10_000;

/** The paper prints one decimal of a per cent. */
const PAPER_ROUNDING = 0.0005;

/** Beyond this many standard errors of both samples a difference is not chance. */
const STANDARD_ERRORS = 3;

/** A measure beside the paper's, judged where it can be. */
export interface JudgedNumber {
  readonly name: string;
  readonly value: number;
  readonly sd: number;
  readonly paper: number;
  readonly paperSd: number;
  readonly format: "percent";
  readonly verdict: "pass" | "fail" | "not applicable";
  readonly note: string;
}

/** Whether a model's name is that of GPT-2 small on the Hub. */
export function isPaperModel(model: string): boolean {
  try {
    const { repo } = parseHubId(model);
    return repo === "gpt2" || repo === CANONICAL_IDS.gpt2;
  } catch {
    return false;
  }
}

/** The measures of a run of `count` prompts with the paper's; only gpt2 can pass or fail. */
export function yearNumbers(model: string, count: number, summary: YearSummary): JudgedNumber[] {
  const measures = [
    ["probability difference", "prob_diff_mean", "prob_diff_sd"],
    ["cutoff sharpness", "sharpness_mean", "sharpness_sd"],
  ] as const;
  return measures.map(([name, mean, sd]) => {
    const paper = PAPER_BEHAVIOUR[mean];
    const paperSd = PAPER_BEHAVIOUR[sd];
    const error = paperSd * Math.sqrt(1 / count + 1 / PAPER_COUNT);
    const allowed = STANDARD_ERRORS * error + PAPER_ROUNDING;
    const near = Math.abs(summary[mean] - paper) <= allowed;
    return {
      name,
      value: summary[mean],
      sd: summary[sd],
      paper,
      paperSd,
      format: "percent",
      verdict: isPaperModel(model) ? (near ? "pass" : "fail") : "not applicable",
      note: isPaperModel(model)
        ? `within ${STANDARD_ERRORS} standard errors is ±${(100 * allowed).toFixed(1)} points`
        : "the paper's number is of GPT-2 small",
    };
  });
}

/**
 * The failure of `--check`, or undefined when the run agrees with the paper.
 *
 * @returns E-CHECK naming the measure, or E-USAGE for a model the paper has no number of.
 */
export function checkPaper(
  model: string,
  count: number,
  summary: YearSummary,
): NeuriteError | undefined {
  const numbers = yearNumbers(model, count, summary);
  if (!isPaperModel(model)) {
    return cannot("E-USAGE", {
      do: "check",
      thing: model,
      is: "a model the paper has no number of",
      expected: "gpt2",
      hint: "leave out --check, or use --model gpt2",
    });
  }
  const wrong = numbers.find(({ verdict }) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: wrong.name,
    is: `${wrong.value.toFixed(4)} on ${count} prompts`,
    expected: `${wrong.paper} (${wrong.note})`,
    hint: "compare options and model revision in run.json with the paper's",
  });
}
