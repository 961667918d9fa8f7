/**
 * How many panels one figure can hold: a circuit of a large model has more heads and MLPs.
 *
 * @module
 */
import { MAX_CELL_MARKS } from "../heatmap_panel.ts";
import { MAX_MARKS } from "../render.ts";

/** Half the longest side of a PNG, which has two pixels for each of the figure, less the title. */
const MOST_HEIGHT = 8000;

/** What a panel needs beside its cells, in px: its title, its axis and the gap below. */
const MARGIN = 90;

/** Heatmaps of one shape in lines. */
export interface PanelGrid {
  readonly rows: number;
  readonly columns: number;
  /** In px. */
  readonly cellHeight: number;
  /** Panels in a line. */
  readonly beside: number;
}

/** The first of some, and what a caption says where others are left out. */
export function firstOf<T>(
  all: readonly T[],
  most: number,
  what: string,
): { readonly shown: readonly T[]; readonly note: string } {
  const shown = all.slice(0, most);
  const isAll = shown.length === all.length;
  return { shown, note: isAll ? "" : ` The first ${shown.length} of ${all.length} ${what}.` };
}

/** {@linkcode firstOf} some panels, as many as can be drawn in one figure. */
export function firstPanels<T>(
  all: readonly T[],
  what: string,
  { rows, columns, cellHeight, beside }: PanelGrid,
): { readonly shown: readonly T[]; readonly note: string } {
  const lines = Math.max(1, Math.floor(MOST_HEIGHT / (rows * cellHeight + MARGIN)));
  const cells = rows * columns;
  // Panels of more cells are rasters, which are one mark each.
  const drawable = cells > MAX_CELL_MARKS ? Infinity : Math.floor(MAX_MARKS / cells);
  return firstOf(all, Math.min(lines * beside, drawable), what);
}
