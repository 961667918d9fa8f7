/**
 * Dots with intervals: a few measured values, their uncertainty, and what they are held against.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";
import { CATEGORIES } from "./palette.ts";
import { type FigureHead, specHead } from "./spec_head.ts";
import type { Layer, Panel, TopLevelSpec, View } from "./spec_types.ts";

/** One measured value. */
export interface IntervalRow {
  /** Such as `"baseline"`; unique in its panel. */
  readonly label: string;
  readonly value: number;
  /** Ends of the interval around the value. */
  readonly interval?: readonly [low: number, high: number];
  /** The value that it is held against, such as the paper's. */
  readonly reference?: number;
}

/** One quantity: its own axis. */
export interface IntervalPanel {
  /** The quantity with its unit, below the axis. */
  readonly xTitle: string;
  /** Top first. */
  readonly rows: readonly IntervalRow[];
}

/** How the chart looks. */
export interface IntervalOptions extends FigureHead {
  /** What the dots are, in the legend. @default {"here"} */
  readonly valueName?: string;
  /** What the diamonds are, in the legend. @default {"paper"} */
  readonly referenceName?: string;
  /** Width inside each panel's axes in px. @default {280} */
  readonly width?: number;
}

const ROW_HEIGHT = 34;
/** How far below the dot the diamond stands, px: side by side they would hide each other. */
const BELOW = 10;
const CAP = 8;

function checkRows({ rows, xTitle }: IntervalPanel): void {
  const labels = new Set(rows.map(({ label }) => label));
  const bad = rows.find(({ value, interval = [value, value], reference = value }) =>
    ![value, ...interval, reference].every(Number.isFinite) || interval[0] > interval[1]
  );
  if (rows.length > 0 && labels.size === rows.length && bad === undefined) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: xTitle,
    is: bad === undefined
      ? `${rows.length} rows with ${labels.size} labels`
      : `row "${bad.label}" with a value that is not finite, or an interval turned round`,
    expected: "at least one row, labels that differ, finite values, low before high",
    hint: "leave out what was not measured",
  });
}

function spread(rows: readonly IntervalRow[]): [number, number] {
  const values = rows.flatMap(({ value, interval = [], reference }) => [
    value,
    ...interval,
    ...(reference === undefined ? [] : [reference]),
  ]);
  // From 0, so that lengths along the axis can be compared.
  const [low, high] = valueRange([...values, 0], "Blues");
  const margin = 0.05 * (high - low);
  return [low < 0 ? low - margin : 0, high > 0 ? high + margin : 0];
}

interface PanelFrame {
  readonly kinds: readonly [value: string, reference: string];
  readonly width: number;
  /** Labels of all panels' rows, top first. */
  readonly labels: readonly string[];
  readonly isFirst: boolean;
  readonly hasLegend: boolean;
}

function marks(rows: readonly IntervalRow[], { kinds, hasLegend }: PanelFrame): Layer[] {
  const kind = (range: string[]) => ({
    field: "kind",
    type: "nominal" as const,
    scale: { domain: [...kinds], range },
    legend: hasLegend ? { title: null } : null,
  });
  const look = {
    color: kind([CATEGORIES[0]!, CATEGORIES[1]!]),
    shape: kind(["circle", "diamond"]),
  };
  const x = (field: string) => ({ field, type: "quantitative" as const });
  const ends = rows.flatMap(({ label, interval }) =>
    interval === undefined ? [] : [{ label, low: interval[0], high: interval[1] }]
  );
  const cap = (field: string): Layer => ({
    data: { values: ends },
    mark: {
      type: "tick",
      opacity: 1,
      orient: "vertical",
      size: CAP,
      thickness: 1.5,
      color: CATEGORIES[0]!,
    },
    encoding: { x: x(field) },
  });
  const dots = rows.map(({ label, value }) => ({ label, value, kind: kinds[0] }));
  const references = rows.flatMap(({ label, reference }) =>
    reference === undefined ? [] : [{ label, value: reference, kind: kinds[1] }]
  );
  return [
    {
      data: { values: ends },
      mark: { type: "rule", strokeWidth: 1.5, color: CATEGORIES[0]! },
      encoding: { x: x("low"), x2: { field: "high" } },
    },
    cap("low"),
    cap("high"),
    {
      data: { values: dots },
      mark: { type: "point", filled: true, size: 45, opacity: 1 },
      encoding: { x: x("value"), ...look },
    },
    {
      data: { values: references },
      mark: { type: "point", filled: true, size: 45, opacity: 1, yOffset: BELOW },
      encoding: { x: x("value"), ...look },
    },
  ];
}

function panelView({ rows, xTitle }: IntervalPanel, frame: PanelFrame): View {
  const { labels, width, isFirst } = frame;
  return {
    width,
    height: ROW_HEIGHT * labels.length,
    view: { stroke: null },
    encoding: {
      x: {
        type: "quantitative",
        title: xTitle,
        scale: { domain: spread(rows), nice: false },
        axis: { grid: true, tickCount: 5 },
      },
      y: {
        field: "label",
        type: "nominal",
        title: null,
        scale: { domain: [...labels] },
        axis: {
          grid: true,
          domain: false,
          ticks: false,
          labels: isFirst,
          labelFontSize: 12,
          labelLimit: 260,
        },
      },
    },
    layer: marks(rows, frame),
  };
}

/**
 * A panel a quantity, a row a value: a dot with its interval, and below it a diamond at what it is
 * held against. The panels share their rows; each axis holds 0.
 *
 * @throws {NeuriteError} `E-FIGURE` for no rows, labels that repeat, values that are not finite.
 *
 * @example Usage
 * ```ts
 * import { intervals } from "neurite/lib/figure/intervals.ts";
 *
 * const spec = intervals([{
 *   xTitle: "probability difference",
 *   rows: [{ label: "baseline", value: 0.816, interval: [0.8, 0.83], reference: 0.817 }],
 * }], { name: "measures", title: "Measures", description: "One measure." });
 * if (spec.name !== "measures") throw new Error("unreachable");
 * ```
 */
export function intervals(
  panels: readonly IntervalPanel[],
  options: IntervalOptions,
): TopLevelSpec {
  panels.forEach(checkRows);
  const { valueName = "here", referenceName = "paper", width = 280 } = options;
  const labels = [...new Set(panels.flatMap(({ rows }) => rows.map(({ label }) => label)))];
  const withReference = panels.findLastIndex(({ rows }) =>
    rows.some(({ reference }) => reference !== undefined)
  );
  return {
    ...specHead(options),
    hconcat: panels.map((panel, i) =>
      panelView(panel, {
        kinds: [valueName, referenceName],
        width,
        labels,
        isFirst: i === 0,
        hasLegend: i === withReference,
      })
    ) as Panel[],
    spacing: 28,
    resolve: { scale: { color: "independent", shape: "independent" } },
  };
}
