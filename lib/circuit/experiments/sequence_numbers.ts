/**
 * The numbers of the generalization tasks for people.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TextTable } from "../../model/describe_run.ts";
import type { MeasureSummary, RatioSummary } from "../task/measures.ts";
import { TEST_NAMES } from "../paper/paper_numbers.ts";

/** One task in summary.json: its title, and the summaries of its tests. */
export type SequenceSummary =
  & Readonly<{ title: string; direction: "greater" | "less"; baseline: MeasureSummary }>
  & Readonly<Partial<Record<"bad_run" | "ms" | "ms_reverse" | "lms" | "lms_reverse", RatioSummary>>>
  & Readonly<Partial<Record<"ms_wide" | "ms_wide_reverse", RatioSummary>>>;

/** Tasks by their number. */
export type SequenceSummaries = Readonly<Record<string, SequenceSummary>>;

const NAMES: Readonly<Record<string, string>> = {
  ...TEST_NAMES,
  "bad_run": "model on the bad prompts",
  "ms_wide": "widened circuit alone",
  "ms_wide_reverse": "model without the widened circuit",
};

/** Whether a mean of 0 lies within the baseline's interval, so that shares of it say nothing. */
function isAboutZero({ prob_diff_ci: [low, high] }: MeasureSummary): boolean {
  return low <= 0 && high >= 0;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The tasks of a run as a figure takes them. `arrays` are the run's. */
export function drawnTasks(arrays: Readonly<Record<string, HostArray>>, tasks: SequenceSummaries) {
  return Object.entries(tasks).map(([id, { title, baseline, ms }]) => {
    const mean = (measure: "prob_diff" | "sharpness") => ({
      mean: baseline[`${measure}_mean`]!,
      interval: baseline[`${measure}_ci`]!,
      circuit: ms?.[`${measure}_mean`],
    });
    return {
      label: `${id} ${title}`,
      probs: arrays[`probs_${id}`]!,
      patched: arrays[`probs_ms_${id}`],
      probDiff: mean("prob_diff"),
      sharpness: mean("sharpness"),
    };
  });
}

/** Heads and rows of a table for the terminal, a row a task. */
export function sequenceTable(tasks: SequenceSummaries): TextTable {
  const shown = ["ms", "ms_wide", "ms_reverse", "lms"] as const;
  const present = shown.filter((test) => Object.values(tasks).some((task) => task[test]));
  const heads = {
    ms: "circuit alone",
    "ms_wide": "widened",
    "ms_reverse": "without",
    lms: "whole",
  };
  return {
    columns: [
      "task",
      "asks for",
      "prob diff",
      "sd",
      "bad prompts",
      ...present.flatMap((test) => [heads[test], "share"]),
    ],
    rows: Object.entries(tasks).map(([id, task]) => [
      `${id} ${task.title}`,
      task.direction,
      task.baseline.prob_diff_mean,
      task.baseline.prob_diff_sd,
      task.bad_run?.prob_diff_mean,
      ...present.flatMap((test) => [task[test]?.prob_diff_mean, task[test]?.ratio]),
    ]),
  };
}

/** Every test of every task as a number of a report. */
export function reportSequences(tasks: SequenceSummaries) {
  return Object.entries(tasks).flatMap(([id, task]) =>
    Object.entries(NAMES).flatMap(([test, name]) => {
      const summary = task[test as keyof SequenceSummaries[string]] as
        | MeasureSummary
        | RatioSummary
        | undefined;
      if (!summary) return [];
      const [low, high] = summary.prob_diff_ci;
      const share = !("ratio" in summary)
        ? ""
        : isAboutZero(task.baseline)
        ? "; the model's own interval holds 0, so a share of it says nothing"
        : `; ${percent(summary.ratio)} of the model's (${
          summary.ratio_ci.map(percent).join(" to ")
        })`;
      return [{
        name: `task ${id}, ${task.title}: ${name}`,
        value: summary.prob_diff_mean,
        sd: summary.prob_diff_sd,
        format: "percent" as const,
        verdict: "not applicable" as const,
        note: `95 % interval ${percent(low)} to ${percent(high)}${share}`,
      }];
    })
  );
}
