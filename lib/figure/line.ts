/**
 * Line charts: one or several series over a number, with bands and rules.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";
import { CATEGORIES } from "./palette.ts";
import { type Rule, ruleLayers } from "./rules.ts";
import { type Layer, SCHEMA, type TopLevelSpec } from "./spec_types.ts";
import { THEME } from "./theme.ts";

/** One line. */
export interface Series {
  /** In the legend when there are several. */
  readonly name: string;
  /** Ascending places. */
  readonly x: ArrayLike<number>;
  /** A value for each place. */
  readonly y: ArrayLike<number>;
  /** Lower and upper edge of a band around the line, a value for each place. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** How a line chart looks. */
export interface LineOptions {
  /** Short, unique in a report: file name and prefix of ids. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for readers who do not see it. */
  readonly description: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** @default what the data span */
  readonly xDomain?: readonly [number, number];
  /** @default 0 or the data's least to a round number above the data */
  readonly yDomain?: readonly [number, number];
  readonly xTicks?: readonly number[];
  readonly rules?: readonly Rule[];
  /** Size inside the axes in px. @default 520 x 300 */
  readonly size?: { readonly width: number; readonly height: number };
}

const DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [12, 4], [4, 1]];

function points(series: Series, figure: string) {
  const { name, x, y, band } = series;
  const lengths = [x.length, y.length, ...(band ? [band.low.length, band.high.length] : [])];
  if (new Set(lengths).size !== 1) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: figure,
      is: `series "${name}" with ${lengths.join(", ")} numbers in x, y and band`,
      expected: "equally many",
      hint: "give one y for each x",
    });
  }
  return Array.from(x, (place, i) => ({
    series: name,
    x: place,
    y: y[i]!,
    ...(band ? { low: band.low[i]!, high: band.high[i]! } : {}),
  }));
}

/** What the x axis spans: the asked-for range, or that of the data and the rules. */
function spanX(
  rows: readonly { x: number }[],
  { xDomain, rules = [] }: LineOptions,
): readonly [number, number] {
  if (xDomain) return xDomain;
  return valueRange([...rows, ...rules].map((one) => one.x ?? NaN), "Blues");
}

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
  const { title, xTitle, yTitle, rules = [], size = { width: 520, height: 300 } } = options;
  if (series.length === 0 || series.length > CATEGORIES.length) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: title,
      is: `${series.length} series`,
      expected: `1 to ${CATEGORIES.length}`,
      hint: "split the figure, or draw a heatmap",
    });
  }
  const rows = series.flatMap((one) => points(one, title));
  const names = series.map((one) => one.name);
  const legend = series.length > 1
    ? { title: null, symbolOpacity: 1, symbolType: "stroke", symbolSize: 300 }
    : null;
  const x = {
    field: "x",
    type: "quantitative" as const,
    title: xTitle,
    scale: {
      nice: false,
      zero: false,
      ...(options.xDomain ? { domain: [...options.xDomain] } : {}),
    },
    axis: {
      grid: false,
      labelFlush: false,
      ...(options.xTicks ? { values: [...options.xTicks] } : {}),
    },
  };
  const yScale = options.yDomain ? { domain: [...options.yDomain], nice: false } : { nice: true };
  const color = {
    field: "series",
    type: "nominal" as const,
    scale: { domain: names, range: CATEGORIES.slice(0, names.length) },
    legend,
  };
  const banded = rows.filter((row) => "low" in row);
  const band: Layer = {
    data: { values: banded },
    mark: { type: "area", opacity: 0.2 },
    encoding: {
      x,
      y: { field: "low", type: "quantitative", title: yTitle, scale: yScale },
      y2: { field: "high" },
      color,
    },
  };
  const lines: Layer = {
    data: { values: rows },
    mark: { type: "line" },
    encoding: {
      x,
      y: { field: "y", type: "quantitative", title: yTitle, scale: yScale },
      color,
      strokeDash: {
        field: "series",
        type: "nominal",
        scale: { domain: names, range: DASHES.slice(0, names.length) },
        legend,
      },
    },
  };
  return {
    $schema: SCHEMA,
    name: options.name,
    title: { text: title },
    description: options.description,
    config: THEME,
    ...size,
    layer: [
      ...ruleLayers(rules, { size, xDomain: spanX(rows, options) }),
      ...(banded.length > 0 ? [band] : []),
      lines,
    ],
  };
}
