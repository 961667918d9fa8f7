/**
 * The form of most of the paper's figures: start years YY (02 on top) by the 100 two-digit years.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { heatmap } from "../heatmap.ts";
import type { HeatmapOptions } from "../heatmap_options.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { YEAR_LABELS, YEAR_TICKS, YY_LABELS, YY_TICKS_BY_FIVE } from "./labels.ts";

/** One matrix of years. */
export interface YearPanel {
  /** [97,100]: YY 02..98 by predicted year. */
  readonly values: HostArray;
  /** Above the panel; left out for a single one. */
  readonly title?: string;
  /** This panel's own range, when the scales are not shared. */
  readonly domain?: readonly [number, number];
}

/** What differs between figures of years; axes and labels do not. */
export type YearHeatmapOptions =
  & Pick<HeatmapOptions, "name" | "title" | "description" | "colorTitle" | "palette">
  & Partial<Pick<HeatmapOptions, "domain" | "panelColumns" | "sharedScale" | "missing" | "cell">>
  & { /** @default every fifth from 02 */ readonly rowTicks?: readonly string[] };

/**
 * One or more matrices [97,100], predicted years across and YY down. Cells are whole pixels: 4 by 4
 * alone, 3 by 3 beside others.
 *
 * @throws {NeuriteError} `E-FIGURE` for another shape, or NaN that was not announced.
 */
export function yearHeatmap(
  panels: readonly YearPanel[],
  options: YearHeatmapOptions,
): TopLevelSpec {
  const side = panels.length === 1 ? 4 : 3;
  return heatmap(panels, {
    xTitle: "Predicted Year",
    yTitle: "YY",
    rows: YY_LABELS,
    columns: YEAR_LABELS,
    rowTicks: YY_TICKS_BY_FIVE,
    columnTicks: YEAR_TICKS,
    cell: { width: side, height: side },
    ...options,
  });
}

/** How many cells are in rows [97,100] that are all NaN, because no prompt had that start year. */
export function missingCells(...arrays: readonly HostArray[]): number {
  let count = 0;
  for (const { data, shape: [rows = 0, columns = 0] } of arrays) {
    for (let row = 0; row < rows; row++) {
      const cells = Array.from(data.subarray(row * columns, (row + 1) * columns), Number);
      if (cells.every(Number.isNaN)) count += columns;
    }
  }
  return count;
}
