import { join } from "node:path";
import type { ScriptResult } from "../cli/script.ts";
import { terminalTable } from "../cli/terminal_table.ts";
import type { FinishedRun } from "../store/run/read_run.ts";

/**
 * A finished run as a script reports it: the single numbers of summary.json, and where to go on.
 *
 * @param file of the run that is named below the numbers.
 */
export async function describeRun(run: FinishedRun, file = "report.html"): Promise<ScriptResult> {
  const summary = await run.summary();
  const rows = Object.entries(summary).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value] as const] : []
  );
  return {
    text: terminalTable(["measure", "value"], rows) + `${join(run.directory, file)}\n`,
    data: { directory: run.directory, summary },
  };
}
