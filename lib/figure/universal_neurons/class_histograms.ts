/**
 * Histograms of values split into classes, as Gurnee et al. 2024 draw neurons of a family
 * (spec/universal_neurons.md section 1.15): common bins over all values, each class for itself.
 *
 * @module
 */
import { linePanels, type LinePanelsOptions } from "../line_panels.ts";
import { checkMissingValues, countMissing, rangeOf } from "../missing_values.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import type { Series } from "../line_view.ts";
import { binEdges, countBins } from "../transforms/bins.ts";

/** Values of one class. */
export interface ValueClass {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** One neuron: its own axes. Of the values their outlines are kept alone. */
export interface ClassPanel {
  readonly title: string;
  readonly subtitle?: string;
  readonly yScale: "linear" | "log";
  readonly series: readonly Series[];
}

/** How the histograms look. */
export interface ClassHistogramOptions
  extends Pick<LinePanelsOptions, "name" | "title" | "description" | "panelColumns" | "size"> {
  readonly xTitle: string;
  /** Whether heights are counts in place of shares, as the panels were made. @default {false} */
  readonly counts?: boolean;
}

/** Bins of the release. */
export const CLASS_BINS = 50;

/** Room at either end of a log axis. */
const LOG_ROOM = 1.25;

/** A feature's name as titles show it: forms that do not print are named. */
export function featureTitle(feature: string): string {
  const named = feature.replaceAll("\ufffd", "(bytes)").replace(/\p{C}/gu, "(control)");
  return named.startsWith("_") ? `(space)${named}` : named;
}

/** Settings of {@linkcode classOutlines}. */
export interface OutlineOptions {
  readonly bins?: number | undefined;
  readonly counts?: boolean | undefined;
  readonly yScale?: "linear" | "log" | undefined;
}

/**
 * The outline of each class over common bins from the least to the greatest value of all. Heights are
 * shares of the class, which sum to 1, or counts. A log axis has no place for 0: there a bin without any
 * is drawn at half a value, and the outline has no ends at 0.
 */
export function classOutlines(
  classes: readonly ValueClass[],
  { bins = CLASS_BINS, counts = false, yScale = "linear" }: OutlineOptions = {},
): Series[] {
  const [low, high] = rangeOf(classes.map(({ values }) => values));
  const axis = { low, high, count: bins };
  const edges = binEdges(axis);
  return classes.map(({ name, values }) => {
    const found = countBins(values, axis).counts;
    const total = counts ? 1 : found.reduce((sum, count) => sum + count, 0);
    const first = found.findIndex((count) => count > 0);
    if (first < 0) return { name, x: [], y: [] };
    const last = found.findLastIndex((count) => count > 0);
    const inner = found.subarray(first, last + 1);
    const height = (count: number) => (yScale === "log" ? Math.max(count, 0.5) : count) / total;
    const x = edges.subarray(first, last + 2);
    const y = Array.from(inner, height);
    if (yScale === "log") return { name, x, y: [...y, y.at(-1)!] };
    return { name, x: [x[0]!, ...x], y: [0, ...y, 0] };
  });
}

/** How one panel is made. */
export interface ClassPanelOptions extends OutlineOptions {
  readonly title: string;
  readonly subtitle?: string | undefined;
}

/**
 * The panel of one neuron. Values are not held: neurons of a long corpus can come one after the other.
 *
 * @throws {NeuriteError} `E-FIGURE` when values are not finite.
 */
export function classPanel(
  classes: readonly ValueClass[],
  { title, subtitle, yScale = "linear", ...outline }: ClassPanelOptions,
): ClassPanel {
  checkMissingValues(countMissing(classes.map(({ values }) => values)), 0, title);
  return {
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    yScale,
    series: classOutlines(classes, { ...outline, yScale }),
  };
}

/**
 * Histograms of neurons' values by class, a panel a neuron.
 *
 * @throws {NeuriteError} `E-FIGURE` for more than seven classes.
 *
 * @example Usage
 * ```ts
 * import {
 *   classHistograms,
 *   classPanel,
 * } from "neurite/lib/figure/universal_neurons/class_histograms.ts";
 *
 * const classes = [{ name: "years", values: [3, 4, 4] }, { name: "others", values: [0, 1, 1, 2] }];
 * const spec = classHistograms([classPanel(classes, { title: "3.12" })], {
 *   name: "years",
 *   title: "Years",
 *   description: "A neuron that answers to years.",
 *   xTitle: "Pre-activation",
 * });
 * if (spec.name !== "years") throw new Error("unreachable");
 * ```
 */
export function classHistograms(
  panels: readonly ClassPanel[],
  { counts = false, ...look }: ClassHistogramOptions,
): TopLevelSpec {
  const drawn = panels.map((panel) => ({
    ...panel,
    // Vega takes no extent of a panel without a value.
    ...(panel.series.every(({ x }) => x.length === 0) ? { xDomain: [0, 1] as const } : {}),
    yDomain: panel.yScale === "log" ? logEnds(panel.series) : [0, roundTop(panel.series)] as const,
  }));
  return linePanels(drawn, {
    ...look,
    yTitle: counts ? "Count" : "Share of the class",
    interpolate: "step-after",
    dashes: false,
  });
}

/** A log axis from a little below the least height: it would begin at a power of ten otherwise. */
function logEnds(series: readonly Series[]): [number, number] {
  const heights = series.map(({ y }) => y).filter(({ length }) => length > 0);
  // Of no heights at all the range would begin at 0, which a log axis cannot place.
  const [low, high] = rangeOf(heights.length > 0 ? heights : [[1]]);
  return [low / LOG_ROOM, high * LOG_ROOM];
}

/** The next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten above all heights. */
function roundTop(series: readonly Series[]): number {
  const [, high] = rangeOf([[0], ...series.map(({ y }) => y)]);
  const power = 10 ** Math.floor(Math.log10(high));
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= high * (1 - 1e-9))!;
  return Number((factor * power).toPrecision(12));
}
