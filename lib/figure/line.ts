/**
 * Line charts: one or several series over a number, with bands and rules.
 *
 * @module
 */
import { checkSeriesNames, type LineLook, lineView, type Series } from "./line_view.ts";
import { type FigureHead, specHead } from "./spec_head.ts";
import type { TopLevelSpec } from "./spec_types.ts";

export type { Band, Series } from "./line_view.ts";

/** How a line chart looks. */
export interface LineOptions extends FigureHead, LineLook {}

/**
 * A line chart. Series differ in colour and in dashes; values that are NaN fail when it is drawn.
 *
 * @throws {NeuriteError} `E-FIGURE` when a series' lists differ in length or there are more than
 * seven series, which colours and dashes can no longer tell apart.
 *
 * @example Usage
 * ```ts
 * import { line } from "neurite/lib/figure/line.ts";
 *
 * const spec = line([{ name: "loss", x: [0, 1, 2], y: [4, 3, 2.5] }], {
 *   name: "loss",
 *   title: "Loss",
 *   description: "Loss falls with depth.",
 *   xTitle: "Layer",
 *   yTitle: "loss, nats",
 * });
 * if (spec.name !== "loss") throw new Error("unreachable");
 * ```
 */
export function line(series: readonly Series[], options: LineOptions): TopLevelSpec {
  const names = series.map((one) => one.name);
  checkSeriesNames(names, options.title);
  return { ...specHead(options), ...lineView(series, options, { figure: options.title, names }) };
}
