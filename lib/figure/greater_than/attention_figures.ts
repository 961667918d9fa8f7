/**
 * Where heads look: mean attention patterns, and attention from END to YY by start year
 * (spec/greater_than section 3.8).
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { heatmap } from "../heatmap.ts";
import { line } from "../line.ts";
import { CATEGORIES } from "../palette.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";
import { type Arrays, headsOf, paperHeads } from "./arrays.ts";
import { firstOf, firstPanels } from "./panels.ts";
import type { FigureOptions } from "./ranges.ts";

/** One head's attention. */
export interface AttentionPanel {
  /** The head, such as `"a7.h10"`. */
  readonly title: string;
  /** Mean attention probabilities [T,T], query by key. */
  readonly pattern: HostArray;
}

/** What the axes of the patterns say. */
export interface AttentionHeatmapOptions {
  /** The model as the title has it. */
  readonly model: string;
  /** The T tokens, such as `<bos> The NOUN … XX2`; may repeat. */
  readonly labels: readonly string[];
  /** @default {"attn-patterns"} */
  readonly name?: string;
}

/** Tokens whose cells have their full size; the paper's prompts have 13. */
const FULL_SIZE_TOKENS = 20;

/** Room that the label of a token needs on its axis, in px. */
const LABEL_PX = 20;

/** Panels in a line. */
const BESIDE = 3;

/** The cells of T tokens: a panel of long prompts is as wide as one of 20 tokens, where it can be. */
function patternCell(T: number): { readonly width: number; readonly height: number } {
  const size = (full: number) => Math.max(1, Math.floor(full * Math.min(1, FULL_SIZE_TOKENS / T)));
  return { width: size(24), height: size(LABEL_PX) };
}

/** Cells, and as many ticks as have room for their labels. */
function patternScale(positions: readonly string[]) {
  const cell = patternCell(positions.length);
  if (positions.length <= FULL_SIZE_TOKENS) return { cell };
  const step = Math.ceil(LABEL_PX / cell.height);
  const ticks = positions.filter((_, i) => i % step === 0);
  return { cell, rowTicks: ticks, columnTicks: ticks };
}

/**
 * Mean attention patterns [T,T] beside each other: query rows, the first on top, key columns, Blues
 * from 0 to the largest value of all. Over 20 tokens the cells shrink and labels are left out.
 *
 * @throws {NeuriteError} `E-FIGURE` when a pattern is not [T,T] for T labels or holds NaN.
 */
export function attentionHeatmap(
  panels: readonly AttentionPanel[],
  { model, labels, name = "attn-patterns" }: AttentionHeatmapOptions,
): TopLevelSpec {
  const positions = labels.map((_, i) => String(i));
  const values = panels.flatMap(({ pattern }) => Array.from(pattern.data, Number));
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return heatmap(panels.map(({ title, pattern }) => ({ title, values: pattern })), {
    name,
    title: `${model} Mean Attention Patterns`,
    description: `Mean attention of ${panels.map(({ title }) => title).join(", ")} from each of ` +
      `${labels.length} query positions (rows, the first on top) to each key position (columns).`,
    xTitle: "Key",
    yTitle: "Query",
    colorTitle: "Attention probability",
    rows: positions,
    columns: positions,
    rowText: labels,
    columnText: labels,
    columnAngle: -90,
    palette: "Blues",
    domain: [0, most > 0 ? most : 1],
    panelColumns: Math.min(panels.length, BESIDE),
    ...patternScale(positions),
  });
}

/**
 * Attention from END to YY against the start year, one line a head, over 0..100.
 *
 * @param proportions Head to mean attention probability [97], YY 02..98; NaN where no prompt
 * had that start year, which is left out.
 * @throws {NeuriteError} `E-FIGURE` for another shape or more than seven heads.
 */
export function attentionProportionLine(
  proportions: Readonly<Record<string, HostArray>>,
  { model, name = "attn_proportion" }: { readonly model: string; readonly name?: string },
): TopLevelSpec {
  const heads = Object.keys(proportions);
  const title = `${model} Attention from END to YY`;
  const series = heads.map((head) => {
    const { data, shape } = proportions[head]!;
    if (shape.length !== 1 || shape[0] !== 97) {
      throw cannot("E-FIGURE", {
        do: "draw figure",
        thing: title,
        is: `values of shape ${formatShape(shape)} of ${head}`,
        expected: "[97], one for each start year 02 to 98",
        hint: "collate the attention by YY first",
      });
    }
    const known = Array.from(data, Number)
      .map((y, i) => ({ x: i + 2, y }))
      .filter(({ y }) => !Number.isNaN(y));
    return { name: head, x: known.map(({ x }) => x), y: known.map(({ y }) => y) };
  });
  return line(series, {
    name,
    title: heads.length === 1 ? `${model} ${heads[0]} Attention from END to YY` : title,
    description: `Mean attention probability from the last position to the start year's, of ` +
      `${heads.join(", ")}, against the start year 02 to 98.`,
    xTitle: "YY",
    yTitle: "Attention probability, END to YY",
    xDomain: [0, 100],
    xTicks: Array.from({ length: 11 }, (_, i) => 10 * i),
  });
}

/** How the figures of attention are named and labelled. */
export interface AttentionFigureOptions extends FigureOptions {
  /** The T tokens of the prompts, such as `<bos> The NOUN … XX2`. */
  readonly labels: readonly string[];
}

const PATTERNS = "attn_patterns_";
const PROPORTION = "attn_proportion_";

/**
 * attn-patterns of `attn_patterns_<head>` [T,T] and attn_proportion of `attn_proportion_<head>`
 * [97], where they are there; a7.h10 and a8.h11, and a7.h10, on the paper's model.
 *
 * @throws {NeuriteError} `E-FIGURE` for shapes that do not fit.
 */
export function attentionFigures(arrays: Arrays, options: AttentionFigureOptions): FigureEntry[] {
  const { isPaperModel = false } = options;
  const T = options.labels.length;
  const heads = firstPanels(paperHeads(headsOf(arrays, PATTERNS), isPaperModel), "heads", {
    rows: T,
    columns: T,
    cellHeight: patternCell(T).height,
    beside: BESIDE,
  });
  const all = headsOf(arrays, PROPORTION);
  // The paper draws one head; a line chart tells seven apart.
  const isPaperLine = isPaperModel && all.includes("a7.h10");
  const lines = isPaperLine
    ? { shown: ["a7.h10"], note: "" }
    : firstOf(all, CATEGORIES.length, "heads");
  const entries: FigureEntry[] = [];
  if (heads.shown.length > 0) {
    const panels = heads.shown.map((title) => ({ title, pattern: arrays[PATTERNS + title]! }));
    entries.push({
      name: "attn-patterns",
      spec: attentionHeatmap(panels, options),
      caption: "Mean attention, query rows by key columns. Heads of the circuit look from the " +
        `last position to YY.${heads.note}`,
    });
  }
  if (lines.shown.length > 0) {
    const chosen = Object.fromEntries(
      lines.shown.map((head) => [head, arrays[PROPORTION + head]!]),
    );
    entries.push({
      name: "attn_proportion",
      spec: attentionProportionLine(chosen, options),
      caption: `Attention from the last position to YY, by start year.${lines.note}`,
    });
  }
  return entries;
}
