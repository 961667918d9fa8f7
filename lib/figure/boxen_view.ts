/**
 * One panel of letter-value plots, as Vega-Lite layers.
 *
 * @module
 */
import type { BoxenOptions, BoxenPanel } from "./boxen_options.ts";
import type { LetterValues } from "./transforms/letter_values.ts";
import { textWidth } from "./font/text_width.ts";
import { labelExpression } from "./label_expression.ts";
import { rangeOf } from "./missing_values.ts";
import { CATEGORIES, mixWithWhite } from "./palette.ts";
import { panelTitle } from "./spec_head.ts";
import type { Layer, View } from "./spec_types.ts";

/** A group with its letter values and its place. */
export interface BoxenShape {
  readonly category: number;
  readonly hue: number;
  readonly letters: LetterValues;
  /** The values themselves where they are too few for boxes; else those beyond the last box. */
  readonly points: ArrayLike<number>;
}

/** A figure's options with what differs between its panels. */
export interface BoxenFrame extends BoxenOptions {
  readonly hues: readonly string[];
  /** Whether the x axis has its title here. */
  readonly isLast: boolean;
}

/** Share of a category's room that its groups take. */
const FILLED = 0.84;
/** Share of a group's room that its widest box takes. */
const WIDEST = 0.92;
const INK = "#1f2328";
/** Part of the y axis left free at each end. */
const MARGIN = 0.03;

/** Middle and half width of a group along the x axis, in categories. */
function placeOf({ category, hue }: BoxenShape, hues: number): [middle: number, half: number] {
  const room = FILLED / hues;
  return [category + (hue - (hues - 1) / 2) * room, WIDEST * room / 2];
}

function boxRows(shapes: readonly BoxenShape[], hues: number) {
  return shapes.flatMap((shape) => {
    const [middle, half] = placeOf(shape, hues);
    const { boxes } = shape.letters;
    // The outer boxes first: each of the next hides what it has in common with them.
    return boxes.toReversed().map(({ depth, low, high }) => {
      const reach = half * (boxes.length + 1 - depth) / boxes.length;
      const color = mixWithWhite(CATEGORIES[shape.hue]!, 0.5 ** ((depth - 1) / 3));
      return { left: middle - reach, right: middle + reach, low, high, color };
    });
  });
}

function medianRows(shapes: readonly BoxenShape[], hues: number) {
  return shapes.map((shape) => {
    const [middle, half] = placeOf(shape, hues);
    const isFew = shape.letters.boxes.length === 0;
    const color = isFew ? CATEGORIES[shape.hue]! : INK;
    return { left: middle - half, right: middle + half, median: shape.letters.median, color };
  });
}

function pointRows(shapes: readonly BoxenShape[], hues: number) {
  return shapes.flatMap((shape) => {
    const [at] = placeOf(shape, hues);
    const color = CATEGORIES[shape.hue]!;
    const size = shape.letters.boxes.length === 0 ? 22 : 9;
    return Array.from(shape.points, (value) => ({ at, value, color, size }));
  });
}

/** Every how many-th category is labelled, so that labels do not touch. */
function labelStep(categories: readonly string[], width: number): number {
  const widest = Math.max(...categories.map((text) => textWidth(text, { size: 11 })));
  return Math.ceil((widest + 8) / (width / categories.length));
}

function markLayers(shapes: readonly BoxenShape[], hues: readonly string[]): Layer[] {
  const x = (field: string) => ({ field, type: "quantitative" as const });
  const fill = { field: "color", type: "nominal" as const, scale: null };
  const count = hues.length;
  return [
    {
      data: { values: boxRows(shapes, count) },
      mark: { type: "rect", clip: true, stroke: "#ffffff", strokeWidth: 0.5 },
      encoding: {
        x: x("left"),
        x2: { field: "right" },
        y: x("low"),
        y2: { field: "high" },
        fill,
      },
    },
    {
      data: { values: medianRows(shapes, count) },
      mark: { type: "rule", clip: true, strokeWidth: 1.5 },
      encoding: {
        x: x("left"),
        x2: { field: "right" },
        y: x("median"),
        stroke: { field: "color", type: "nominal", scale: null },
      },
    },
    {
      data: { values: pointRows(shapes, count) },
      mark: { type: "point", clip: true, filled: true, opacity: 0.8 },
      encoding: {
        x: x("at"),
        y: x("value"),
        size: { field: "size", type: "quantitative", scale: null },
        fill,
      },
    },
    {
      // Carries the legend alone.
      data: { values: [] },
      mark: { type: "square", opacity: 1 },
      encoding: {
        color: {
          field: "hue",
          type: "nominal",
          scale: { domain: [...hues], range: CATEGORIES.slice(0, count) },
          legend: count > 1 ? { title: null, symbolSize: 90 } : null,
        },
      },
    },
  ];
}

/** The layers of one panel: boxes, points, medians, legend. */
export function boxenView(
  panel: BoxenPanel,
  shapes: readonly BoxenShape[],
  frame: BoxenFrame,
): View {
  const { categories, hues, xTitle, isLast, xAngle = 0 } = frame;
  const { size = { width: 560, height: 240 } } = frame;
  const [low, high] = rangeOf(
    shapes.flatMap(({ letters: { boxes, median }, points }) => [
      [median],
      boxes.flatMap((box) => [box.low, box.high]),
      points,
    ]),
  );
  const margin = MARGIN * (high - low);
  const step = xAngle === 0 ? labelStep(categories, size.width) : 1;
  const index = categories.map((_, i) => String(i));
  return {
    ...(panel.title === undefined ? {} : { title: panelTitle(panel.title) }),
    ...size,
    encoding: {
      x: {
        type: "quantitative",
        title: isLast ? xTitle || null : null,
        scale: { domain: [-0.5, categories.length - 0.5], nice: false, zero: false },
        axis: {
          grid: false,
          values: index.filter((_, i) => i % step === 0).map(Number),
          labelExpr: labelExpression(index, categories),
          labelOverlap: false,
          labelAngle: xAngle,
          ...(xAngle < 0 ? { labelAlign: "right" as const } : {}),
          ticks: false,
          zindex: 1,
        },
      },
      y: {
        type: "quantitative",
        title: panel.yTitle,
        scale: {
          domain: panel.yDomain ? [...panel.yDomain] : [low - margin, high + margin],
          nice: false,
          zero: false,
        },
        axis: { tickCount: Math.max(3, Math.round(size.height / 45)) },
      },
    },
    layer: markLayers(shapes, hues),
  };
}
