/**
 * A finished run of year prompts for people: its numbers, and the verdict of `--check`.
 *
 * @module
 */
import { join } from "node:path";
import { terminalTable } from "../../cli/terminal_table.ts";
import type { NeuriteError } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { checkPaper, type MeasuredOn, type Summaries, yearNumbers } from "./paper_numbers.ts";

/** What a script prints of it. */
export interface YearsDescription {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** E-CHECK, or E-USAGE for a model the paper has no number of. */
  readonly failure?: NeuriteError;
}

/** Describes a run whose summary.json has `model`, `count` and {@linkcode Summaries}. */
export async function describeYears(
  run: FinishedRun,
  { check }: { readonly check: boolean },
): Promise<YearsDescription> {
  const summary = await run.summary() as unknown as
    & Summaries
    & { model: string; count: number }
    & MeasuredOn;
  const { model, count } = summary;
  const rows = yearNumbers(model, count, summary, summary)
    .map(({ name, value, sd, paper }) => [name, value, sd ?? "", paper ?? ""]);
  const failure = check ? checkPaper(model, count, summary, summary) : undefined;
  return {
    text: terminalTable(["measure", "here", "sd", "gpt2 in the paper"], rows) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}
