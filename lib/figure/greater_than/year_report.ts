/**
 * What a run of the year prompts shows: the two figures of the paper's section 2 and a report page.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import { renderSvg } from "../render.ts";
import { renderPng } from "../render_png.ts";
import { renderReport, type ReportFigure, type ReportNumber } from "../report.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { probabilityHeatmap } from "./probability_heatmap.ts";
import { probabilitySlice, sliceRow } from "./probability_slice.ts";

/** The start year whose row the paper draws. */
const SLICE_YY = 41;

/** What the figures and the page are made of. */
export interface YearReport {
  /** The model as titles have it. */
  readonly model: string;
  /** Probabilities `[97, 100]` averaged by start year; NaN rows for absent years. */
  readonly probs: HostArray;
  readonly numbers: readonly ReportNumber[];
  readonly report: { readonly title: string; readonly question: string; readonly command: string };
  readonly provenance: Readonly<Record<string, unknown>>;
}

async function drawn(run: RunFolder, name: string, spec: TopLevelSpec): Promise<string> {
  const svg = await renderSvg(spec);
  const png = await renderPng(svg);
  await run.writeFigure(name, { spec: JSON.parse(JSON.stringify(spec)), svg, png });
  return svg;
}

/** Writes probability-heatmap, probability-slice (where YY = 41 was asked) and report.html. */
export async function writeYearFigures(run: RunFolder, given: YearReport): Promise<void> {
  const { model, probs, numbers, report, provenance } = given;
  const missing = Array.from(probs.data, Number).filter(Number.isNaN).length;
  const figures: ReportFigure[] = [{
    svg: await drawn(
      run,
      "probability-heatmap",
      probabilityHeatmap(probs, { model, missing }),
    ),
    caption: "Probability of each two-digit year (columns) after each start year (rows, 02 on " +
      "top). A model that does greater-than is dark right of the diagonal and pale left of it.",
  }];
  const row = sliceRow(probs, SLICE_YY);
  if (row.every(Number.isFinite)) {
    figures.push({
      svg: await drawn(run, "probability-slice", probabilitySlice(probs, { model, yy: SLICE_YY })),
      caption: `The row of start year ${SLICE_YY}: probability of each next year.`,
      table: {
        caption: `Probabilities after start year ${SLICE_YY}`,
        columns: ["year", "probability"],
        rows: row.map((p, year) => [String(year).padStart(2, "0"), p.toPrecision(4)]),
      },
    });
  }
  await run.writeText("report.html", renderReport({ ...report, numbers, figures, provenance }));
}
