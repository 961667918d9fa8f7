/**
 * Experiments that the paper gives no number of: the originals answered a reviewer.
 *
 * @module
 */
import type { ScriptResult } from "../../cli/script.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
import { describeTable, type TextTable } from "../../model/describe_run.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import type { MeanSummary } from "../task/mean_summary.ts";

/** Summaries by the name of their measure. */
export type MeanSummaries<Name extends string> = Readonly<Record<Name, MeanSummary>>;

/** What people call each measure, in the order they are shown. */
export type MeasureNames<Name extends string> = Readonly<Record<Name, string>>;

/** A measure without a number of the paper, for a report. */
export interface UnpublishedNumber {
  readonly name: string;
  readonly value: number;
  readonly sd: number;
  readonly verdict: "not applicable";
  readonly note: string;
}

function inOrder<Name extends string>(
  names: MeasureNames<Name>,
  summaries: MeanSummaries<Name>,
): [string, MeanSummary][] {
  return Object.entries<string>(names).map(([key, name]) => [name, summaries[key as Name]]);
}

/** Summaries as the numbers of a report. */
export function reportMeans<Name extends string>(
  names: MeasureNames<Name>,
  summaries: MeanSummaries<Name>,
): UnpublishedNumber[] {
  return inOrder(names, summaries).map(([name, { mean, sd, ci }]) => ({
    name,
    value: mean,
    sd,
    verdict: "not applicable",
    note: `95 % interval of the mean ${ci[0].toFixed(4)} to ${ci[1].toFixed(4)}; ` +
      "the paper gives no number",
  }));
}

/** Summaries as a table for the terminal. */
export function tableOfMeans<Name extends string>(
  names: MeasureNames<Name>,
  summaries: MeanSummaries<Name>,
): TextTable {
  return {
    columns: ["measure", "mean", "sd", "95 % from", "to"],
    rows: inOrder(names, summaries).map(([name, { mean, sd, ci }]) => [name, mean, sd, ...ci]),
  };
}

/** A finished run whose summary.json holds {@linkcode MeanSummaries}, as a script reports it. */
export function describeMeans<Name extends string>(
  names: MeasureNames<Name>,
  run: FinishedRun,
): Promise<ScriptResult> {
  return describeTable(
    run,
    (summary) => tableOfMeans(names, summary as unknown as MeanSummaries<Name>),
  );
}

/**
 * E-USAGE for `--check` of an experiment without a number to check against.
 *
 * @param is why there is none.
 */
export function nothingToCheck(
  experiment: string,
  is = "an experiment the paper has no number of",
): NeuriteError {
  return cannot("E-USAGE", {
    do: "check",
    thing: experiment,
    is,
    expected: "one with a number, such as greater_than/circuit_discovery",
    hint: "leave out --check",
  });
}
