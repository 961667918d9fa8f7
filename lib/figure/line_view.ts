/**
 * One set of axes with lines and bands; charts of one or several are made of these.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";
import { ALL_DIGITS } from "./label_expression.ts";
import { CATEGORIES } from "./palette.ts";
import { type Rule, ruleLayers } from "./rules.ts";
import type { Layer, View } from "./spec_types.ts";

/** The area between two lines. */
export interface Band {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** One line. */
export interface Series {
  /** In the legend when there are several. */
  readonly name: string;
  /** Ascending places. */
  readonly x: ArrayLike<number>;
  /** A value for each place. */
  readonly y: ArrayLike<number>;
  /** One or several bands around the line, a value for each place; where they overlap it is darker. */
  readonly band?: Band | readonly Band[];
}

/** How the lines of one set of axes look. */
export interface LineLook {
  readonly xTitle: string;
  readonly yTitle: string;
  /** @default what the data span */
  readonly xDomain?: readonly [number, number];
  /** @default 0 or the data's least to a round number above the data */
  readonly yDomain?: readonly [number, number];
  readonly xTicks?: readonly number[];
  /** Labelled with all their digits. */
  readonly yTicks?: readonly number[];
  /** A log axis takes values above 0 alone. @default {"linear"} */
  readonly xScale?: "linear" | "log";
  /** @default {"linear"} */
  readonly yScale?: "linear" | "log";
  readonly rules?: readonly Rule[];
  /** `step-after`: from each place to the next the value stays. @default {"linear"} */
  readonly interpolate?: "linear" | "step-after";
  /** Whether series differ in dashes too; steps are too short for them. @default {true} */
  readonly dashes?: boolean;
  /** Whether a dot marks each place, for lines of few. @default {false} */
  readonly points?: boolean;
  /** Size inside the axes in px. @default 520 x 300 */
  readonly size?: { readonly width: number; readonly height: number };
}

/** How a panel differs from the others of its chart. */
export interface LineFrame {
  /** The chart, for messages. */
  readonly figure: string;
  /** Names of all panels' series, in the order of their colours. */
  readonly names: readonly string[];
}

const DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [12, 4], [4, 1]];

/**
 * Checks that colours can tell the series apart.
 *
 * @throws {NeuriteError} `E-FIGURE` for no series, or more than seven.
 */
export function checkSeriesNames(names: readonly string[], figure: string): void {
  if (names.length > 0 && names.length <= CATEGORIES.length) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${names.length} series`,
    expected: `1 to ${CATEGORIES.length}`,
    hint: "split the figure, or draw a heatmap",
  });
}

/** The bands of a series, as a list. */
export function bandsOf({ band = [] }: Series): readonly Band[] {
  return "low" in band ? [band] : band;
}

function checkLengths(series: Series, figure: string): void {
  const { name, x, y } = series;
  const bands = bandsOf(series).flatMap(({ low, high }) => [low.length, high.length]);
  const lengths = [x.length, y.length, ...bands];
  if (new Set(lengths).size === 1) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `series "${name}" with ${lengths.join(", ")} numbers in x, y and band`,
    expected: "equally many",
    hint: "give one y for each x",
  });
}

/** What the x axis spans: the asked-for range, or that of the data and the rules. */
function spanX(
  series: readonly Series[],
  { xDomain, rules = [] }: LineLook,
): readonly [number, number] {
  if (xDomain) return xDomain;
  const places = series.flatMap(({ x }) => Array.from(x));
  return valueRange([...places, ...rules.map(({ x = NaN }) => x)], "Blues");
}

function xChannel({ xTitle, xDomain, xTicks, xScale = "linear" }: LineLook) {
  return {
    field: "x",
    type: "quantitative" as const,
    title: xTitle,
    scale: {
      ...(xScale === "log" ? { type: xScale } : { zero: false }),
      nice: false,
      ...(xDomain ? { domain: [...xDomain] } : {}),
    },
    axis: {
      grid: false,
      ...(xScale === "log" ? { format: "~s" } : {}),
      ...(xTicks ? { values: [...xTicks] } : {}),
    },
  };
}

function yChannel({ yTitle, yDomain, yTicks, yScale = "linear" }: LineLook) {
  return {
    type: "quantitative" as const,
    title: yTitle,
    scale: {
      ...(yScale === "log" ? { type: yScale } : {}),
      ...(yDomain ? { domain: [...yDomain], nice: false } : { nice: true }),
    },
    ...(yTicks ? { axis: { values: [...yTicks], format: ALL_DIGITS } } : {}),
  };
}

/**
 * The lines, bands and rules of one set of axes, without a head.
 *
 * @throws {NeuriteError} `E-FIGURE` when a series' lists differ in length.
 */
export function lineView(
  series: readonly Series[],
  look: LineLook,
  { figure, names }: LineFrame,
): View {
  for (const one of series) checkLengths(one, figure);
  const { rules = [], interpolate = "linear", size = { width: 520, height: 300 } } = look;
  const legend = names.length > 1
    ? { title: null, symbolOpacity: 1, symbolType: "stroke", symbolSize: 300 }
    : null;
  const x = xChannel(look);
  const scaled = (range: unknown[]) => ({
    field: "series",
    type: "nominal" as const,
    scale: { domain: [...names], range: range.slice(0, names.length) as string[] },
    legend,
  });
  const color = scaled([...CATEGORIES]);
  const bands = series.flatMap((one) =>
    bandsOf(one).flatMap(({ low, high }, band) =>
      Array.from(one.x, (place, i) => ({
        series: one.name,
        band,
        x: place,
        low: low[i]!,
        high: high[i]!,
      }))
    )
  );
  const areas: Layer = {
    data: { values: bands },
    mark: { type: "area", opacity: 0.2, interpolate },
    encoding: {
      x,
      y: { field: "low", ...yChannel(look) },
      y2: { field: "high" },
      color,
      detail: { field: "band", type: "nominal" },
    },
  };
  const lines: Layer = {
    data: {
      values: series.flatMap((one) =>
        Array.from(one.x, (place, i) => ({ series: one.name, x: place, y: one.y[i]! }))
      ),
    },
    mark: {
      type: "line",
      interpolate,
      ...(interpolate === "linear" ? {} : { strokeWidth: 1.5 }),
      ...(look.points ? { point: { filled: true, size: 36 } } : {}),
    },
    encoding: {
      x,
      y: { field: "y", ...yChannel(look) },
      color,
      ...(look.dashes === false ? {} : { strokeDash: scaled(DASHES) }),
    },
  };
  return {
    ...size,
    layer: [
      ...ruleLayers(rules, { size, xDomain: spanX(series, look) }),
      ...(bands.length > 0 ? [areas] : []),
      lines,
    ],
  };
}
