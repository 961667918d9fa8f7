/**
 * One panel of a heatmap, as Vega-Lite layers.
 *
 * @module
 */
import { barTicks, barTitle } from "./color_bar.ts";
import type { ColorScale } from "./color_scale.ts";
import type { HeatmapOptions } from "./heatmap_options.ts";
import { labelExpression } from "./label_expression.ts";
import { MISSING, type Rgb } from "./palette.ts";
import { encodePng, pngDataUri } from "./raster.ts";
import { panelTitle } from "./spec_head.ts";
import type { Layer, View } from "./spec_types.ts";

/** Above this many cells a panel is one picture instead of one mark a cell. */
export const MAX_CELL_MARKS = 1000;

/** A heatmap's options with what differs between its panels. */
export interface PanelLayout extends HeatmapOptions {
  readonly scale: ColorScale;
  readonly panelTitle: string | undefined;
  readonly showXTitle: boolean;
  readonly showYTitle: boolean;
}

/** Height that the bar's title takes off the bar, px. */
const BAR_TITLE = 44;
const MIN_BAR = 60;
const LEVELS = 255;
/** Picture pixels a figure px: sharp at twice the size, which is what PNGs are made at. */
const OVERSAMPLING = 2;

/** The cells as a PNG in 255 steps of the scale, the last colour being that of missing cells. */
function rasterUri(matrix: readonly (readonly (number | null)[])[], layout: PanelLayout): string {
  const { scale, cell, rows, columns } = layout;
  const step = (scale.high - scale.low) / (LEVELS - 1);
  const colors = Array.from({ length: LEVELS }, (_, i) => scale.colorOf(scale.low + i * step));
  const grey = Number.parseInt(MISSING.slice(1, 3), 16);
  const missing: Rgb = [grey, grey, grey];
  const indices = Uint8Array.from(matrix.flat(), (value) => {
    if (value === null) return LEVELS;
    return Math.min(LEVELS - 1, Math.max(0, Math.round((value - scale.low) / step)));
  });
  const enlarge = Math.max(cell.width, cell.height) * OVERSAMPLING;
  const image = {
    width: columns.length,
    height: rows.length,
    indices,
    colors: [...colors, missing],
  };
  return pngDataUri(encodePng(image, Math.ceil(enlarge)));
}

function rasterLayer(matrix: readonly (readonly (number | null)[])[], layout: PanelLayout): Layer {
  const { cell, rows, columns, title, panelTitle } = layout;
  return {
    data: { values: [{}] },
    mark: {
      type: "image",
      url: rasterUri(matrix, layout),
      width: columns.length * cell.width,
      height: rows.length * cell.height,
      align: "left",
      baseline: "top",
      aspect: false,
      description: `Picture of ${rows.length} by ${columns.length} cells: ${panelTitle ?? title}`,
    },
    encoding: { x: { value: 0 }, y: { value: 0 } },
  };
}

/** The rows for one rect a cell; missing cells have no colour value and no rect. */
function cellRows(matrix: readonly (readonly (number | null)[])[], layout: PanelLayout) {
  return matrix.flatMap((line, i) =>
    line.flatMap((value, j) =>
      value === null ? [] : [{ row: layout.rows[i]!, column: layout.columns[j]!, value }]
    )
  );
}

/**
 * The layers of one panel: the raster where there are many cells, then the rects (none over a
 * raster), which also carry axes and colour bar.
 */
export function heatmapPanel(
  matrix: readonly (readonly (number | null)[])[],
  layout: PanelLayout,
): View {
  const { rows, columns, cell, scale } = layout;
  const dense = rows.length * columns.length > MAX_CELL_MARKS;
  const axis = (
    ticks: readonly string[] | undefined,
    text: { labels: readonly string[]; shown: readonly string[] | undefined; angle: number },
  ) => ({
    grid: false,
    labelAngle: text.angle,
    labelOverlap: false,
    // Above the cells, which would hide half of its lines.
    zindex: 1,
    ...(ticks === undefined ? {} : { values: [...ticks] }),
    ...(text.shown === undefined ? {} : { labelExpr: labelExpression(text.labels, text.shown) }),
  });
  const height = rows.length * cell.height;
  const barLength = Math.max(MIN_BAR, height - BAR_TITLE);
  const cells: Layer = {
    data: { values: dense ? [] : cellRows(matrix, layout) },
    mark: { type: "rect" },
    encoding: {
      x: {
        field: "column",
        type: "ordinal",
        title: layout.showXTitle ? layout.xTitle : null,
        scale: { domain: [...columns], paddingInner: 0, paddingOuter: 0 },
        axis: axis(layout.columnTicks, {
          labels: columns,
          shown: layout.columnText,
          angle: layout.columnAngle ?? 0,
        }),
      },
      y: {
        field: "row",
        type: "ordinal",
        title: layout.showYTitle ? layout.yTitle : null,
        scale: { domain: [...rows], paddingInner: 0, paddingOuter: 0 },
        axis: axis(layout.rowTicks, { labels: rows, shown: layout.rowText, angle: 0 }),
      },
      color: {
        field: "value",
        type: "quantitative",
        title: barTitle(layout.colorTitle),
        scale: {
          domain: [...scale.domain],
          range: [...scale.range],
          interpolate: "rgb",
          clamp: true,
        },
        legend: {
          format: ".3~g",
          gradientLength: barLength,
          values: barTicks(scale.low, scale.high, barLength),
        },
      },
    },
  };
  return {
    ...(layout.panelTitle === undefined
      ? {}
      : { title: panelTitle(layout.panelTitle, { offset: 6 }) }),
    width: columns.length * cell.width,
    height,
    view: { fill: dense ? null : MISSING, stroke: null },
    layer: dense ? [rasterLayer(matrix, layout), cells] : [cells],
  };
}
