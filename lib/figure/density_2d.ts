/**
 * Two-dimensional histograms: how many points lie where, in panels, with the line that fits them.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import type { Density2dOptions, Density2dPanel } from "./density_2d_options.ts";
import { type DensityShape, densityView } from "./density_2d_view.ts";
import type { FigureMeta } from "./figure_meta.ts";
import { checkMissingValues, rangeOf } from "./missing_values.ts";
import { specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec } from "./spec_types.ts";
import { binEdges, type Bins, countGrid } from "./transforms/bins.ts";
import { linearFit } from "./transforms/linear_fit.ts";

/** Cells of one panel at most: what can be told apart and held in a spec. */
const MOST_BINS = 400;

function checkShape(panels: readonly Density2dPanel[], { title, bins = 100 }: Density2dOptions) {
  const uneven = panels.find(({ x, y }) => x.length !== y.length);
  const isBinned = Number.isInteger(bins) && bins > 1 && bins <= MOST_BINS;
  if (panels.length > 0 && uneven === undefined && isBinned) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: uneven?.title ?? title,
    is: uneven
      ? `${uneven.x.length} x and ${uneven.y.length} y`
      : `${panels.length} panels of ${bins} bins`,
    expected: `panels with one y for each x, 2 to ${MOST_BINS} bins`,
    hint: "compare the lists of places",
  });
}

/** Columns and rows by their lower edges, and the counts: what the picture does not say. */
function twinTable(shapes: readonly DensityShape[]): FigureMeta {
  const [{ x, y }] = shapes as [DensityShape];
  const names = (bins: Bins) => [...binEdges(bins)].slice(0, -1).map((e) => e.toPrecision(6));
  return {
    missing: 0,
    table: {
      rows: names(y),
      columns: names(x),
      panels: shapes.map(({ title, counts }) => ({
        title,
        values: Array.from(
          { length: y.count },
          (_, row) => [...counts.subarray(row * x.count, (row + 1) * x.count)],
        ),
      })),
    },
  };
}

/**
 * Points counted in cells, log colour, white where there is none; the line is the least-squares fit
 * through the points themselves and ρ their correlation. All panels have the same axes, cells and
 * colours. The counts are in `usermeta.neurite.table`, rows from the lowest y up.
 *
 * @throws {NeuriteError} `E-FIGURE` for lists of different lengths, and for places that are not finite
 * without having been announced.
 *
 * @example Usage
 * ```ts
 * import { density2d } from "neurite/lib/figure/density_2d.ts";
 *
 * const x = Array.from({ length: 200 }, (_, i) => Math.sin(i));
 * const spec = density2d([{ title: "Sines", x, y: x.map((value) => -value) }], {
 *   name: "sines",
 *   title: "Sines",
 *   description: "Points on a line.",
 *   xTitle: "x",
 *   yTitle: "y",
 * });
 * if (spec.name !== "sines") throw new Error("unreachable");
 * ```
 */
export function density2d(
  panels: readonly Density2dPanel[],
  options: Density2dOptions,
): TopLevelSpec {
  checkShape(panels, options);
  const { bins = 100, fit = true, missing = 0, panelColumns = panels.length } = options;
  const span = (domain: Density2dOptions["xDomain"], lists: ArrayLike<number>[]): Bins => {
    const [low, high] = domain ?? rangeOf(lists);
    return { low, high, count: bins };
  };
  const axes = {
    x: span(options.xDomain, panels.map(({ x }) => x)),
    y: span(options.yDomain, panels.map(({ y }) => y)),
  };
  const grids = panels.map(({ x, y }) => countGrid(x, y, axes));
  checkMissingValues(grids.reduce((sum, grid) => sum + grid.leftOut, 0), missing, options.title);
  const outside = grids.reduce((sum, grid) => sum + grid.outside, 0);
  const shapes = panels.map((panel, i): DensityShape => ({
    title: panel.title,
    ...axes,
    counts: grids[i]!.counts,
    fit: fit ? linearFit(panel.x, panel.y) : undefined,
    xTitle: panel.xTitle ?? options.xTitle,
    yTitle: panel.yTitle ?? options.yTitle,
  }));
  const most = Math.max(2, ...shapes.map(({ counts }) => counts.reduce((a, b) => Math.max(a, b))));
  return {
    ...specHead({
      ...options,
      description: options.description +
        (outside > 0 ? ` ${outside} points lie outside the axes.` : ""),
    }),
    usermeta: { neurite: twinTable(shapes) },
    columns: panelColumns,
    concat: shapes.map((shape) => densityView(shape, { ...options, most })) as Panel[],
    spacing: 24,
    resolve: { scale: { color: "shared" } },
  };
}
