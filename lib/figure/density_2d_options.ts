/**
 * What two-dimensional histograms are told.
 *
 * @module
 */
import type { FigureHead } from "./spec_head.ts";

/** The points of one panel. */
export interface Density2dPanel {
  readonly title: string;
  /** A place for each point. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Below this panel. @default that of all */
  readonly xTitle?: string;
  readonly yTitle?: string;
}

/** How two-dimensional histograms look. */
export interface Density2dOptions extends FigureHead {
  readonly xTitle: string;
  readonly yTitle: string;
  /** Over the colour bar: what is counted. @default {"Neurons"} */
  readonly colorTitle?: string;
  /** Bins along each axis. @default {100} */
  readonly bins?: number;
  /** What the axes of all panels span; points outside are counted in the description. @default all */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** Whether the least-squares line and its ρ are drawn. @default {true} */
  readonly fit?: boolean;
  /** How many points have a place that is NaN or infinite, on purpose; left out. @default {0} */
  readonly missing?: number;
  /** Panels beside each other before a new line starts. @default all */
  readonly panelColumns?: number;
  /** Side of a cell in px. @default {2} */
  readonly cell?: number;
}
