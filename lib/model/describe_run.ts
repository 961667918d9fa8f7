import { join } from "node:path";
import type { ScriptResult } from "../cli/script.ts";
import { type Cell, terminalTable } from "../cli/terminal_table.ts";
import type { FinishedRun } from "../store/run/read_run.ts";
import type { SummaryNumbers } from "../store/run/summary.ts";

/** A table for the terminal. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * A finished run as a script reports it: the single numbers of summary.json, and where to go on.
 *
 * @param file of the run that is named below the numbers.
 */
export function describeRun(run: FinishedRun, file?: string): Promise<ScriptResult> {
  return describeTable(run, singleNumbers, file);
}

/**
 * A finished run as a script reports it that has more to tell than single numbers.
 *
 * @param tableOf makes the table of what summary.json holds.
 * @param file of the run that is named below the table.
 * @throws {NeuriteError} E-FILE-CORRUPT for a summary that is no JSON.
 */
export async function describeTable(
  run: FinishedRun,
  tableOf: (summary: SummaryNumbers) => TextTable,
  file = "report.html",
): Promise<ScriptResult> {
  const summary = await run.summary();
  const { columns, rows } = tableOf(summary);
  return {
    text: terminalTable(columns, rows) + `${join(run.directory, file)}\n`,
    data: { directory: run.directory, summary },
  };
}

function singleNumbers(summary: SummaryNumbers): TextTable {
  const rows = Object.entries(summary).filter(([, value]) => typeof value === "number");
  return { columns: ["measure", "value"], rows: rows as [string, number][] };
}
