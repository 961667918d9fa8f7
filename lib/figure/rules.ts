/**
 * Straight lines across a chart, with labels that keep clear of each other.
 *
 * @module
 */
import { textWidth } from "./font/text_width.ts";
import type { Layer } from "./spec_types.ts";

/** A straight line across the chart. */
export interface Rule {
  /** Upright at this place, or */
  readonly x?: number;
  /** level at this value. */
  readonly y?: number;
  /** Beside it. */
  readonly label?: string;
  /** @default grey */
  readonly color?: string;
}

/** The chart that the rules cross. */
export interface RuleFrame {
  /** Size inside the axes, px. */
  readonly size: { readonly width: number; readonly height: number };
  /** What the x axis spans. */
  readonly xDomain: readonly [number, number];
}

const LABEL_SIZE = 11;
const LINE_HEIGHT = 14;
const GAP = 6;

/** Where a label above the chart stands. */
export interface LabelPlace {
  readonly align: "center" | "left";
  /** Lines above the lowest one. */
  readonly line: number;
}

/**
 * Places of labels above upright rules at `x` (px). Centred where they have room; else each starts
 * at its rule, and a label that would cross a rule further right is lifted above that one's label.
 */
export function labelPlaces(labels: readonly { x: number; text: string }[]): LabelPlace[] {
  const widths = labels.map(({ text }) => textWidth(text, { size: LABEL_SIZE }) + GAP);
  const order = labels.map((_, i) => i).sort((a, b) => labels[a]!.x - labels[b]!.x || a - b);
  const roomy = order.every((at, i) => {
    const before = order[i - 1];
    // Left of the chart stand the labels of its other axis.
    if (before === undefined) return labels[at]!.x >= widths[at]! / 2;
    return labels[at]!.x - labels[before]!.x >= (widths[at]! + widths[before]!) / 2;
  });
  if (roomy) return labels.map(() => ({ align: "center", line: 0 }));
  const lines: number[] = labels.map(() => 0);
  for (let i = order.length - 1; i >= 0; i--) {
    const at = order[i]!;
    const end = labels[at]!.x + widths[at]!;
    const crossed = order.slice(i + 1).filter((right) => labels[right]!.x < end);
    lines[at] = 1 + Math.max(-1, ...crossed.map((right) => lines[right]!));
  }
  return lines.map((line) => ({ align: "left", line }));
}

function levelLayers({ y, label, color }: Rule, width: number): Layer[] {
  const data = { values: [{ at: y }] };
  const place = { y: { field: "at", type: "quantitative" as const } };
  const rule: Layer = { data, mark: ruleMark(color), encoding: place };
  if (label === undefined) return [rule];
  const mark = { ...textMark(label, color), align: "right" as const, dx: -4, dy: -4 };
  return [rule, { data, mark, encoding: { ...place, x: { value: width } } }];
}

function ruleMark(color = "#57606a") {
  return { type: "rule" as const, color, strokeDash: [5, 3], strokeWidth: 1.25 };
}

function textMark(text: string, color = "#424a53") {
  return {
    type: "text" as const,
    text,
    baseline: "bottom" as const,
    color,
    fontSize: LABEL_SIZE,
    limit: 0,
  };
}

/** The layers of `rules`: a dashed line each, and its label above the chart or at the right. */
export function ruleLayers(rules: readonly Rule[], frame: RuleFrame): Layer[] {
  const { size: { width, height }, xDomain: [low, high] } = frame;
  const upright = rules.filter((rule) => rule.x !== undefined);
  const labelled = upright.filter((rule) => rule.label !== undefined);
  const places = labelPlaces(
    labelled.map((rule) => ({ x: (rule.x! - low) / (high - low) * width, text: rule.label! })),
  );
  const lines = upright.flatMap(({ x, label, color }, i): Layer[] => {
    const data = { values: [{ at: x }] };
    const at = { x: { field: "at", type: "quantitative" as const } };
    const index = labelled.indexOf(upright[i]!);
    const { align, line } = places[index] ?? { align: "center" as const, line: 0 };
    const top = -line * LINE_HEIGHT - (align === "left" ? LINE_HEIGHT : 0);
    const rule: Layer = {
      data,
      mark: ruleMark(color),
      encoding: { ...at, y: { value: top }, y2: { value: height } },
    };
    if (label === undefined) return [rule];
    const text: Layer = {
      data,
      mark: { ...textMark(label, color), align, dx: align === "left" ? 3 : 0, dy: -3 },
      encoding: { ...at, y: { value: -line * LINE_HEIGHT } },
    };
    return [rule, text];
  });
  const level = rules.filter((rule) => rule.x === undefined && rule.y !== undefined);
  return [...lines, ...level.flatMap((rule) => levelLayers(rule, width))];
}
