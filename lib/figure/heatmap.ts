/**
 * Heatmaps: a matrix, or several side by side, as coloured cells.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { type ColorScale, colorScale, valueRange } from "./color_scale.ts";
import type { FigureMeta } from "./figure_meta.ts";
import type { HeatmapOptions, HeatmapPanel } from "./heatmap_options.ts";
import { heatmapPanel, type PanelLayout } from "./heatmap_panel.ts";
import { matrixRows } from "./matrix.ts";
import { specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec, View } from "./spec_types.ts";

function checkLabels(labels: readonly string[], figure: string): void {
  if (new Set(labels).size === labels.length && labels.length > 0) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${labels.length} labels, ${new Set(labels).size} of them different`,
    expected: "at least one, all different",
    hint: "number the labels that repeat",
  });
}

function checkText(
  text: readonly string[] | undefined,
  labels: readonly string[],
  figure: string,
): void {
  if (text === undefined || text.length === labels.length) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${text.length} texts on an axis`,
    expected: `${labels.length}, one for each row or column`,
    hint: "give one text for each row and column of the array",
  });
}

function checkMissing(values: readonly (number | null)[], expected: number, figure: string): void {
  const missing = values.filter((value) => value === null).length;
  if (missing === expected) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${missing} cells that are NaN or infinite`,
    expected: `${expected}`,
    hint: "mend the values, or state the number of missing cells",
  });
}

function finite(values: Iterable<number | null>): number[] {
  return [...values].filter((value) => value !== null);
}

/** Says in words how many cells are beyond the ends of their colour bar. */
function beyond(panels: readonly { cells: (number | null)[]; scale: ColorScale }[]): string {
  const count = panels.reduce(
    (sum, { cells, scale }) =>
      sum + finite(cells).filter((value) => value < scale.low || value > scale.high).length,
    0,
  );
  return count === 0 ? "" : ` ${count} cells lie beyond the colour bar and have its end's colour.`;
}

/**
 * A heatmap of one matrix or several. Up to 1,000 cells a panel are drawn one by one; more are one
 * raster a panel, with the numbers in `usermeta.neurite.table`.
 *
 * @param panels One or more matrices of the same [R,C].
 * @throws {NeuriteError} `E-FIGURE` when shapes and labels disagree, labels repeat, or cells are
 * NaN without having been announced.
 *
 * @example Usage
 * ```ts
 * import { hostArray } from "neurite/lib/array.ts";
 * import { heatmap } from "neurite/lib/figure/heatmap.ts";
 *
 * const spec = heatmap([{ values: hostArray(Float32Array.of(-1, 0, 0.5, 1), [2, 2]) }], {
 *   name: "scores",
 *   title: "Scores",
 *   description: "Scores of two heads in two layers.",
 *   xTitle: "Head",
 *   yTitle: "Layer",
 *   colorTitle: "score",
 *   rows: ["0", "1"],
 *   columns: ["h0", "h1"],
 *   palette: "RdBu",
 *   cell: { width: 24, height: 24 },
 * });
 * if (spec.title === undefined) throw new Error("unreachable");
 * ```
 */
export function heatmap(panels: readonly HeatmapPanel[], options: HeatmapOptions): TopLevelSpec {
  const { rows, columns, title, palette, sharedScale = true } = options;
  checkLabels(rows, title);
  checkLabels(columns, title);
  checkText(options.rowText, rows, title);
  checkText(options.columnText, columns, title);
  const matrices = panels.map(({ values }) =>
    matrixRows(values, { figure: title, rows: rows.length, columns: columns.length })
  );
  checkMissing(matrices.flat(2), options.missing ?? 0, title);
  const shared = options.domain ?? valueRange(finite(matrices.flat(2)), palette);
  const parts = panels.map((panel, i) => {
    const cells = matrices[i]!.flat();
    const own = panel.domain ?? options.domain ?? valueRange(finite(cells), palette);
    return {
      panel,
      matrix: matrices[i]!,
      cells,
      scale: colorScale(palette, sharedScale ? shared : own),
    };
  });
  const perLine = Math.min(options.panelColumns ?? panels.length, panels.length);
  const views: View[] = parts.map(({ panel, matrix, scale }, i) => {
    const layout: PanelLayout = {
      ...options,
      scale,
      panelTitle: panel.title,
      showYTitle: i % perLine === 0,
      showXTitle: i + perLine >= parts.length,
    };
    return heatmapPanel(matrix, layout);
  });
  const meta: FigureMeta = {
    missing: 0,
    table: {
      rows: options.rowText ?? rows,
      columns: options.columnText ?? columns,
      panels: parts.map(({ panel, matrix }) => ({ title: panel.title ?? title, values: matrix })),
    },
  };
  const head = {
    ...specHead({ ...options, description: options.description + beyond(parts) }),
    usermeta: { neurite: meta },
  };
  const [only] = views;
  if (views.length === 1 && only !== undefined) return { ...head, ...only, title: head.title };
  return {
    ...head,
    columns: perLine,
    concat: views as Panel[],
    spacing: 24,
    resolve: { scale: { color: sharedScale ? "shared" : "independent" } },
  };
}
