/**
 * A plotting script: finished runs in, figures and one page out, drawn again only when a run changed.
 *
 * @module
 */
import { join } from "node:path";
import type { FinishedRun } from "../store/run/read_run.ts";
import type { RecordedOption } from "../store/run/run_record.ts";
import { runOnce } from "../store/run/run_once.ts";
import { sourceFiles } from "../store/run/source_run.ts";
import type { Json } from "../store/format/json.ts";
import type { TableColumn } from "../store/format/table.ts";
import type { Report, ReportTable } from "./report.ts";
import { type FigureEntry, writeReport } from "./write_report.ts";

/** The parts of a script's context that drawing needs. */
export interface PlotContext {
  readonly options: { readonly out: string; readonly force: boolean; readonly dryRun: boolean };
  readonly recorded: Readonly<Record<string, RecordedOption>>;
  readonly resultOptions: Readonly<Record<string, Json | undefined>>;
  readonly meta: { readonly id: string };
  readonly argv: readonly string[];
}

/** What is drawn. */
export interface Plot {
  /** The runs it is drawn from, by the name the record gives them. */
  readonly sources: Readonly<Record<string, FinishedRun>>;
  readonly figures: readonly FigureEntry[];
  /** Written to `tables/` as Parquet and CSV, by name. */
  readonly tables?: Readonly<Record<string, ReportTable>> | undefined;
  /** Title, question and command of the page. */
  readonly page: Pick<Report, "title" | "question" | "command">;
  /** What else stands on the page; the runs are added to its provenance. */
  readonly report: Omit<Report, "figures" | "title" | "question" | "command">;
  /** Told in one line why figures are kept or drawn. */
  readonly onNote: (line: string) => void;
  /** Warnings given so far, for the record. */
  readonly warnings: () => number;
}

/** What a plotting script prints. */
export interface PlotResult {
  readonly text: string;
  readonly data: { readonly directory: string; readonly figures: readonly string[] };
}

/** A page's table as columns of a file: numbers where all of them are, else texts. */
export function tableColumns({ columns, rows }: ReportTable): TableColumn[] {
  return columns.map((title, i): TableColumn => {
    const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_|_$/g, "");
    const values = rows.map((row) => row[i]!);
    if (!values.every((value) => typeof value === "number")) {
      return { name, type: "string", values: values.map(String) };
    }
    return values.length > 0 && values.every((value) => value === (value | 0))
      ? { name, type: "int32", values }
      : { name, type: "float64", values };
  });
}

/**
 * Draws figures into `figures/` (.vl.json, .svg, .png), `tables/` and `report.html` of the `--out`
 * folder, or finds them drawn from the same runs.
 *
 * @throws {NeuriteError} E-FIGURE as `renderSvg`; E-BUSY and E-FILE-… as the run folder.
 */
export async function plotRun(context: PlotContext, plot: Plot): Promise<PlotResult> {
  const { options: { out, force, dryRun }, recorded, resultOptions, meta, argv } = context;
  const { sources, figures, tables = {}, page, report, onNote, warnings } = plot;
  const names = figures.map(({ name }) => name);
  const runs = Object.entries(sources);
  if (dryRun) {
    const from = runs.map(([, { directory }]) => directory).join(" and ");
    const text = `would draw ${names.length} figures from ${from}, into ${out}\n`;
    return { text, data: { directory: out, figures: names } };
  }
  const inputs = runs.flatMap(([name, run]) => sourceFiles(name, run));
  const identity = { script: meta.id, options: resultOptions, inputs };
  await runOnce(out, identity, { force, onNote }, async (run) => {
    const drawnFrom = runs.map(([name, { directory, record }]) => [name, {
      directory,
      identity: record.identity,
    }]);
    const provenance = { ...Object.fromEntries(drawnFrom), ...report.provenance };
    for (const [name, table] of Object.entries(tables)) {
      if (table.rows.length === 0) continue;
      await run.writeTable(name, tableColumns(table), { csv: true });
    }
    await writeReport(run, figures, { ...page, ...report, provenance });
    return { argv, options: recorded, seeds: {}, warnings: warnings() };
  });
  const lines = [...names.map((name) => `figures/${name}.svg`), "report.html"];
  return {
    text: lines.map((line) => `${join(out, line)}\n`).join(""),
    data: { directory: out, figures: names },
  };
}
