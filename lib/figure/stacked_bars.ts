/**
 * Stacked bars: how many of each kind there are, by category, in panels.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { CATEGORIES } from "./palette.ts";
import { type FigureHead, panelTitle, specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec, View } from "./spec_types.ts";

/** The bars of one panel. */
export interface BarPanel {
  readonly title?: string;
  /** Along the axis; all different. */
  readonly categories: readonly string[];
  /** For each kind, a number from 0 on for each category. */
  readonly counts: readonly (readonly number[])[];
}

/** How bars look. */
export interface BarOptions extends FigureHead {
  readonly xTitle: string;
  readonly yTitle: string;
  /** In the legend; the first is at the bottom. */
  readonly kinds: readonly string[];
  /** Panels beside each other before a new line starts. @default all */
  readonly panelColumns?: number;
  /** Size inside each panel's axes in px. @default 320 x 200 */
  readonly size?: { readonly width: number; readonly height: number };
}

function checkPanel({ categories, counts, title }: BarPanel, { kinds, name }: BarOptions): void {
  const isWhole = counts.length === kinds.length && kinds.length <= CATEGORIES.length &&
    counts.every((list) => list.length === categories.length);
  if (isWhole && counts.flat().every((count) => count >= 0 && Number.isFinite(count))) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: title ?? name,
    is: `${counts.map((list) => list.length).join(", ")} numbers for ${categories.length} bars`,
    expected: `a number from 0 on for each bar and each of ${kinds.length} kinds`,
    hint: `give one list a kind, at most ${CATEGORIES.length} of them`,
  });
}

function barView({ title, categories, counts }: BarPanel, options: BarOptions): View {
  const { kinds, xTitle, yTitle, size = { width: 320, height: 200 } } = options;
  const values = categories.flatMap((category, i) => {
    let top = 0;
    return kinds.map((kind, k) => {
      const low = top;
      top += counts[k]![i]!;
      return { category, kind, low, high: top };
    });
  });
  return {
    ...(title === undefined ? {} : { title: panelTitle(title) }),
    ...size,
    data: { values },
    layer: [{ mark: { type: "bar" } }],
    encoding: {
      x: {
        field: "category",
        type: "ordinal",
        title: xTitle,
        scale: { domain: [...categories], paddingInner: 0.2, paddingOuter: 0.1 },
        axis: { labelAngle: 0, labelOverlap: true, labelSeparation: 4, ticks: false },
      },
      y: {
        field: "high",
        type: "quantitative",
        title: yTitle,
        scale: { zero: true, nice: true },
        axis: { tickMinStep: 1 },
      },
      y2: { field: "low" },
      color: {
        field: "kind",
        type: "nominal",
        scale: { domain: [...kinds], range: CATEGORIES.slice(0, kinds.length) },
        legend: kinds.length > 1 ? { title: null } : null,
      },
    },
  };
}

/**
 * Bars of the kinds above one another, in panels with axes of their own.
 *
 * @throws {NeuriteError} `E-FIGURE` when counts and labels differ in number, counts are negative or
 * not finite, or there are more than seven kinds.
 *
 * @example Usage
 * ```ts
 * import { stackedBars } from "neurite/lib/figure/stacked_bars.ts";
 *
 * const spec = stackedBars([{ categories: ["0", "1"], counts: [[3, 4], [1, 0]] }], {
 *   name: "layers",
 *   title: "Neurons by Layer",
 *   description: "Two layers.",
 *   xTitle: "Layer",
 *   yTitle: "Neurons",
 *   kinds: ["few tokens", "other"],
 * });
 * if (spec.name !== "layers") throw new Error("unreachable");
 * ```
 */
export function stackedBars(panels: readonly BarPanel[], options: BarOptions): TopLevelSpec {
  for (const panel of panels) checkPanel(panel, options);
  return {
    ...specHead(options),
    columns: options.panelColumns ?? panels.length,
    concat: panels.map((panel) => barView(panel, options)) as Panel[],
    spacing: 28,
    resolve: { scale: { color: "shared" } },
  };
}
