/**
 * What the year prompts show: the two figures of the paper's section 2.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { FigureEntry } from "../write_report.ts";
import { probabilityHeatmap } from "./probability_heatmap.ts";
import { probabilitySlice, sliceRow } from "./probability_slice.ts";
import { missingCells } from "./year_heatmap.ts";

/** The start year whose row the paper draws. */
const SLICE_YY = 41;

/** probability-heatmap, and probability-slice where YY = 41 was asked, of probabilities `[97, 100]`. */
export function yearFigures(model: string, probs: HostArray): FigureEntry[] {
  const heatmap: FigureEntry = {
    name: "probability-heatmap",
    spec: probabilityHeatmap(probs, { model, missing: missingCells(probs) }),
    caption: "Probability of each two-digit year (columns) after each start year (rows, 02 on " +
      "top). A model that does greater-than is dark right of the diagonal and pale left of it.",
  };
  const row = sliceRow(probs, SLICE_YY);
  if (!row.every(Number.isFinite)) return [heatmap];
  const slice: FigureEntry = {
    name: "probability-slice",
    spec: probabilitySlice(probs, { model, yy: SLICE_YY }),
    caption: `The row of start year ${SLICE_YY}: probability of each next year.`,
    table: {
      caption: `Probabilities after start year ${SLICE_YY}`,
      columns: ["year", "probability"],
      rows: row.map((p, year) => [String(year).padStart(2, "0"), p.toPrecision(4)]),
    },
  };
  return [heatmap, slice];
}

/** The heatmap of a patched run, such as the circuit's own behaviour. */
export function patchedFigure(
  probs: HostArray,
  { model, prefix, name }: { model: string; prefix: string; name: string },
): FigureEntry {
  return {
    name,
    spec: probabilityHeatmap(probs, { model, prefix, name, missing: missingCells(probs) }),
    caption: `${prefix}: probabilities when only the circuit sees the start year.`,
  };
}
