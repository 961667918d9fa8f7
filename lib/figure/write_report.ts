import type { RunFolder } from "../store/run/run_folder.ts";
import { renderSvg } from "./render.ts";
import { renderPng } from "./render_png.ts";
import { renderReport, type Report, type ReportFigure, type ReportTable } from "./report.ts";
import type { TopLevelSpec } from "./spec_types.ts";

/** A figure to be drawn: its file name, what it shows, and its caption on the page. */
export interface FigureEntry {
  /** File name without ending, equal to the spec's name. */
  readonly name: string;
  readonly spec: TopLevelSpec;
  readonly caption: string;
  readonly table?: ReportTable | undefined;
}

/**
 * Draws each figure into `figures/` (.vl.json, .svg, .png) and all of them into `report.html`.
 *
 * @throws {NeuriteError} E-FIGURE as `renderSvg`; E-FILE-… as the run folder.
 */
export async function writeReport(
  run: RunFolder,
  entries: readonly FigureEntry[],
  report: Omit<Report, "figures">,
): Promise<void> {
  const figures: ReportFigure[] = [];
  for (const { name, spec, caption, table } of entries) {
    const svg = await renderSvg(spec);
    const png = await renderPng(svg);
    await run.writeFigure(name, { spec: JSON.parse(JSON.stringify(spec)), svg, png });
    figures.push({ svg, caption, ...(table && { table }) });
  }
  await run.writeText("report.html", renderReport({ ...report, figures }));
}
