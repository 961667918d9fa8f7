/**
 * A finished run whose summary.json holds means without a number of the paper, for people.
 *
 * @module
 */
import { join } from "node:path";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { type MeasureNames, tableOfMeans } from "../paper/unpublished.ts";

/** What a script prints of it. */
export interface MeansDescription {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The measures of a run as a table and as JSON.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT for a summary that is no JSON.
 */
export async function describeMeans<Name extends string>(
  names: MeasureNames<Name>,
  run: FinishedRun,
): Promise<MeansDescription> {
  const summary = await run.summary();
  return {
    text: tableOfMeans(names, summary) + `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
  };
}
