/**
 * Line charts beside each other, with one legend.
 *
 * @module
 */
import { bandsOf, checkSeriesNames, type LineLook, lineView, type Series } from "./line_view.ts";
import { rangeOf } from "./missing_values.ts";
import { type FigureHead, panelTitle, specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec } from "./spec_types.ts";

/** One chart. Its look is that of all, but for what it says itself. */
export interface LinePanel extends Partial<LineLook> {
  readonly title?: string;
  /** Under the title. */
  readonly subtitle?: string;
  readonly series: readonly Series[];
}

/** How the charts look. */
export interface LinePanelsOptions extends FigureHead, LineLook {
  /** Panels beside each other before a new line starts. @default all */
  readonly panelColumns?: number;
}

/** Steps between two labels of a y axis at most. */
const MOST_STEPS = 5;

/**
 * The y axis of a panel that asks for none: from 0 or below to a round number above the data, with
 * labels at both ends.
 */
function roundAxis(
  series: readonly Series[],
  { yDomain, yScale = "linear" }: LineLook,
): Pick<LineLook, "yDomain" | "yTicks"> {
  if (yDomain !== undefined || yScale === "log") return {};
  const lists = series.flatMap((one) => [one.y, ...bandsOf(one).flatMap((b) => [b.low, b.high])]);
  const [low, high] = rangeOf([[0], ...lists]);
  const least = (high - low) / MOST_STEPS;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= least)!;
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from(
    { length: last - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
  return { yDomain: [ticks[0]!, ticks.at(-1)!], yTicks: ticks };
}

/**
 * Line charts in panels. Series of one name have one colour in all of them, and one entry in the
 * legend; each panel has its own axes.
 *
 * @throws {NeuriteError} `E-FIGURE` when a series' lists differ in length, for no panel, and for more
 * than seven names of series.
 *
 * @example Usage
 * ```ts
 * import { linePanels } from "neurite/lib/figure/line_panels.ts";
 *
 * const panel = (title: string) => ({ title, series: [{ name: "a", x: [0, 1], y: [1, 2] }] });
 * const spec = linePanels([panel("Left"), panel("Right")], {
 *   name: "both",
 *   title: "Both",
 *   description: "Two lines.",
 *   xTitle: "x",
 *   yTitle: "y",
 * });
 * if (spec.name !== "both") throw new Error("unreachable");
 * ```
 */
export function linePanels(
  panels: readonly LinePanel[],
  options: LinePanelsOptions,
): TopLevelSpec {
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  checkSeriesNames(names, options.title);
  const { panelColumns = panels.length, size = { width: 230, height: 190 } } = options;
  const views = panels.map(({ title, subtitle, series, ...own }) => ({
    ...(title === undefined ? {} : { title: panelTitle(title, { subtitle }) }),
    ...lineView(
      series,
      { ...options, ...roundAxis(series, { ...options, ...own }), size, ...own },
      {
        figure: options.title,
        names,
      },
    ),
  }));
  return {
    ...specHead(options),
    columns: panelColumns,
    concat: views as Panel[],
    spacing: 24,
    resolve: { scale: { color: "shared", strokeDash: "shared" } },
  };
}
