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

/** What stands before "Probability Heatmap" in the title of a test, and in the figure's name. */
const TESTS = {
  ms: { prefix: "Patched", start: "patched" },
  "ms_reverse": { prefix: "Reverse-Patched", start: "reverse-patched" },
  lms: { prefix: "Full-Circuit Patched", start: "full-patched" },
  "lms_reverse": { prefix: "Reverse Full-Circuit Patched", start: "reverse-full-patched" },
} as const;

/** The heatmaps of a circuit's tests, those whose probabilities `[97, 100]` are there. */
export function patchedFigures(
  model: string,
  tests: Readonly<Partial<Record<keyof typeof TESTS, HostArray | undefined>>>,
): FigureEntry[] {
  return Object.entries(TESTS).flatMap(([test, { prefix, start }]) => {
    const probs = tests[test as keyof typeof TESTS];
    if (!probs) return [];
    const name = `${start}-probability-heatmap`;
    const figure = patchedFigure(probs, { model, prefix, name });
    if (!test.endsWith("_reverse")) return [figure];
    const caption = `${prefix}: probabilities when the circuit alone sees 01 as the start year.`;
    return [{ ...figure, caption }];
  });
}
