/**
 * Plotting scripts over neuron tables: every figure that the tables allow, and what they lack.
 *
 * @module
 */
import { cannot, NeuriteError } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun, type WantedRun } from "../../store/run/source_run.ts";
import { type PlotContext, type PlotResult, plotRun } from "../plot_run.ts";
import type { Report, ReportNumber, ReportTable } from "../report.ts";
import type { DrawnFigures } from "./neuron_tables.ts";

/** What is drawn, and from what. */
export interface TablePlot {
  /** Runs by the name the record gives them; several of one kind have a list. */
  readonly sources: Readonly<Record<string, readonly FinishedRun[]>>;
  readonly drawn: DrawnFigures;
  /** Written to `tables/`, by name. */
  readonly tables?: Readonly<Record<string, ReportTable>> | undefined;
  readonly numbers: readonly ReportNumber[];
  /** Title, question and command of the page. */
  readonly page: Pick<Report, "title" | "question" | "command">;
  /** Told of each figure that is left out, and why figures are kept or drawn. */
  readonly onNote: (line: string) => void;
  /** Warnings given so far, for the record. */
  readonly warnings: () => number;
}

/** Runs by names that differ: `run`, or `run_1`, `run_2` of several. */
export function namedSources(
  sources: Readonly<Record<string, readonly FinishedRun[]>>,
): Record<string, FinishedRun> {
  return Object.fromEntries(
    Object.entries(sources).flatMap(([name, runs]) =>
      runs.map((run, i) => [runs.length === 1 ? name : `${name}_${i + 1}`, run] as const)
    ),
  );
}

/**
 * Opens finished runs that figures can do without: none where only the usual folder was meant and has
 * none, with a line that says so.
 *
 * @param asked `isDefault`: nobody named the folders; `figure`: what is then left out.
 * @throws {NeuriteError} as `readSourceRun` for folders that were named.
 */
export async function optionalRuns(
  directories: readonly string[],
  wanted: WantedRun,
  asked: { readonly isDefault: boolean; readonly figure: string },
): Promise<{ readonly runs: FinishedRun[]; readonly leftOut: readonly string[] }> {
  try {
    const runs = await Promise.all(directories.map((path) => readSourceRun(path, wanted)));
    return { runs, leftOut: [] };
  } catch (error) {
    const isMissing = error instanceof NeuriteError && error.code === "E-FILE-MISSING";
    if (!asked.isDefault || !isMissing) throw error;
    const line = `left out ${asked.figure}: no finished run of ${wanted.script} in ` +
      `${directories.join(", ")}; ${error.hint}`;
    return { runs: [], leftOut: [line] };
  }
}

/**
 * Draws what can be drawn, or finds it drawn from the same runs, and tells what is left out.
 *
 * @throws {NeuriteError} E-FILE-MISSING when the runs allow no figure at all; as `plotRun`.
 */
export async function plotTables(
  context: PlotContext,
  { sources, drawn, tables, numbers, page, onNote, warnings }: TablePlot,
): Promise<PlotResult & { readonly data: { readonly "left_out": readonly string[] } }> {
  const { figures, leftOut } = drawn;
  const runs = namedSources(sources);
  if (figures.length === 0) {
    throw cannot("E-FILE-MISSING", {
      do: "draw from",
      thing: Object.values(runs).map(({ directory }) => directory).join(", "),
      is: "without the columns of any figure",
      expected: "those of one at least",
      hint: leftOut.map((line) => line.replace(/^left out /, "")).join("\n"),
    });
  }
  leftOut.forEach(onNote);
  const report = { numbers, provenance: { "left_out": leftOut } };
  const result = await plotRun(context, {
    sources: runs,
    figures,
    tables,
    page,
    report,
    onNote,
    warnings,
  });
  return { ...result, data: { ...result.data, "left_out": leftOut } };
}
