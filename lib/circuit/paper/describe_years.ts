/**
 * A finished run of year prompts for people: its numbers, and the verdict of `--check`.
 *
 * @module
 */
import type { ScriptResult } from "../../cli/script.ts";
import { describeTable } from "../../model/describe_run.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { checkPaper, type MeasuredOn, type Summaries, yearNumbers } from "./paper_numbers.ts";

/** What such a run's summary.json holds. */
type YearsSummary = Summaries & MeasuredOn & { readonly model: string; readonly count: number };

/**
 * Describes a run whose summary.json has `model`, `count` and {@linkcode Summaries}. With `check` its
 * failure is E-CHECK, or E-USAGE for a model the paper has no number of.
 */
export async function describeYears(
  run: FinishedRun,
  { check }: { readonly check: boolean },
): Promise<ScriptResult> {
  const summary = await run.summary() as unknown as YearsSummary;
  const { model, count } = summary;
  const description = await describeTable(run, () => ({
    columns: ["measure", "here", "sd", "gpt2 in the paper"],
    rows: yearNumbers(model, count, summary, summary)
      .map(({ name, value, sd, paper }) => [name, value, sd ?? "", paper ?? ""]),
  }));
  const failure = check ? checkPaper(model, count, summary, summary) : undefined;
  return { ...description, ...(failure && { failure }) };
}
