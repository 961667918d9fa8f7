/**
 * What heatmaps are told.
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import type { Palette } from "./palette.ts";
import type { FigureHead } from "./spec_head.ts";

/** One matrix of a heatmap. */
export interface HeatmapPanel {
  /** [R,C], row 0 on top. */
  readonly values: HostArray;
  /** Above the panel; left out for a single one. */
  readonly title?: string;
  /** This panel's own colour range, when the scales are not shared. */
  readonly domain?: readonly [number, number];
}

/** How a heatmap looks. */
export interface HeatmapOptions extends FigureHead {
  readonly xTitle: string;
  readonly yTitle: string;
  /** Over the colour bar: the quantity and its unit. */
  readonly colorTitle: string;
  /** Labels of the R rows, top first; all different. */
  readonly rows: readonly string[];
  /** Labels of the C columns, left first; all different. */
  readonly columns: readonly string[];
  /** Labels that get a tick. @default all of them */
  readonly rowTicks?: readonly string[];
  /** Labels that get a tick. @default all of them */
  readonly columnTicks?: readonly string[];
  /** What the axis shows for each row where it is not the label; may repeat. */
  readonly rowText?: readonly string[];
  /** What the axis shows for each column where it is not the label; may repeat. */
  readonly columnText?: readonly string[];
  /** Turn of the column labels in degrees. @default {0} */
  readonly columnAngle?: number;
  readonly palette: Palette;
  /** Colour range of all panels. @default the range of all values, symmetric for RdBu */
  readonly domain?: readonly [number, number];
  /** Cell size in px, whole numbers keep all cells equal. */
  readonly cell: { readonly width: number; readonly height: number };
  /** Panels beside each other before a new line starts. @default all */
  readonly panelColumns?: number;
  /** Whether all panels share one colour range and one bar. @default true */
  readonly sharedScale?: boolean;
  /** How many cells are NaN on purpose; drawn grey. @default 0 */
  readonly missing?: number;
}
