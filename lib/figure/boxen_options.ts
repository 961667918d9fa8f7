/**
 * What letter-value plots are told.
 *
 * @module
 */
import type { FigureHead } from "./spec_head.ts";

/** Values of one category and hue. */
export interface BoxenGroup {
  readonly category: string;
  /** @default the first hue */
  readonly hue?: string;
  readonly values: ArrayLike<number>;
}

/** One quantity: its own y axis. */
export interface BoxenPanel {
  readonly title?: string;
  readonly yTitle: string;
  readonly groups: readonly BoxenGroup[];
  /** What the axis shows; what is beyond is cut off. @default all values */
  readonly yDomain?: readonly [number, number];
}

/** How boxen look. */
export interface BoxenOptions extends FigureHead {
  readonly xTitle: string;
  /** Along the axis, in this order. */
  readonly categories: readonly string[];
  /** Beside each other in a category, each with its colour; one without a name has no legend. */
  readonly hues?: readonly string[];
  /** Turn of the category labels in degrees; turned, all of them are shown. @default {0} */
  readonly xAngle?: number;
  /** Whether values beyond the last box are drawn as points. @default {true} */
  readonly outliers?: boolean;
  /** How many values are NaN or infinite, on purpose; they are left out. @default {0} */
  readonly missing?: number;
  /** Panels beside each other before a new line starts. @default {1} */
  readonly panelColumns?: number;
  /** Size inside each panel's axes in px. @default 560 x 240 */
  readonly size?: { readonly width: number; readonly height: number };
}
