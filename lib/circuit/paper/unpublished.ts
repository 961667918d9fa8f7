/**
 * Experiments that the paper gives no number of: the originals answered a reviewer.
 *
 * @module
 */
import { terminalTable } from "../../cli/terminal_table.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
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

/** The summaries of a finished run's summary.json as a table for the terminal. */
export function tableOfMeans<Name extends string>(
  names: MeasureNames<Name>,
  summary: Readonly<Record<string, unknown>>,
): string {
  const summaries = summary as MeanSummaries<Name>;
  const rows = inOrder(names, summaries).map(([name, { mean, sd, ci }]) => [name, mean, sd, ...ci]);
  return terminalTable(["measure", "mean", "sd", "95 % from", "to"], rows);
}

/** E-USAGE for `--check` of an experiment without a number to check against. */
export function nothingToCheck(experiment: string): NeuriteError {
  return cannot("E-USAGE", {
    do: "check",
    thing: experiment,
    is: "an experiment the paper has no number of",
    expected: "one with a number, such as greater_than/circuit_discovery",
    hint: "leave out --check",
  });
}
