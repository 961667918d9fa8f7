/**
 * Scripts that draw one family of neurons: figures, the neurons in a table, and a plain word where no
 * neuron is one of the family.
 *
 * @module
 */
import type { FinishedRun } from "../../store/run/read_run.ts";
import { type PlotContext, plotRun } from "../plot_run.ts";
import type { Report, ReportNumber, ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";

/** What was found and is drawn. */
export interface FamilyPlot {
  readonly sources: Readonly<Record<string, FinishedRun>>;
  readonly figures: readonly FigureEntry[];
  readonly numbers: readonly ReportNumber[];
  /** The neurons of the family, a row each; `tables/neurons` too. */
  readonly found: ReportTable;
  /** Further tables, by name. */
  readonly tables?: Readonly<Record<string, ReportTable>> | undefined;
  /** Told where no neuron passes the filter: the filter, and what came nearest. */
  readonly nearest: string;
  /** What was left out of the figures, in lines. */
  readonly leftOut?: readonly string[];
  readonly page: Pick<Report, "title" | "question" | "command">;
  /** Makes the table that is printed. */
  readonly toText: (columns: readonly string[], rows: ReportTable["rows"]) => string;
  readonly onNote: (line: string) => void;
  readonly warnings: () => number;
}

/**
 * Draws a family, or finds it drawn. Without a neuron of it the page says so and there is no figure.
 *
 * @throws {NeuriteError} as `plotRun`.
 */
export async function plotFamily(context: PlotContext, plot: FamilyPlot) {
  const { sources, numbers, found, nearest, leftOut = [], page, toText, onNote, warnings } = plot;
  const lines = [...(found.rows.length === 0 ? [nearest] : []), ...leftOut];
  const [first, ...others] = plot.figures;
  const figures = first ? [{ ...first, table: found }, ...others] : [];
  const count = {
    name: "neurons of the family",
    value: found.rows.length,
    verdict: "not applicable" as const,
    ...(found.rows.length === 0 ? { note: nearest } : {}),
  };
  lines.forEach(onNote);
  const report = { numbers: [count, ...numbers], provenance: { notes: lines } };
  const tables = { neurons: found, ...plot.tables };
  const drawing = { sources, figures, tables, page, report, onNote, warnings };
  const { text, data } = await plotRun(context, drawing);
  const rows = found.rows.map((row) =>
    Object.fromEntries(found.columns.map((column, i) => [column, row[i]!]))
  );
  return {
    text: context.options.dryRun ? text : toText(found.columns, found.rows) + text,
    data: { ...data, neurons: rows, notes: lines },
  };
}
