/**
 * Histograms with a rug: how often values lie where, and each of them.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";
import { type Rule, ruleLayers } from "./rules.ts";
import { type FigureHead, specHead } from "./spec_head.ts";
import type { Layer, TopLevelSpec } from "./spec_types.ts";
import { percentile } from "./transforms/percentiles.ts";

/** How a histogram looks. */
export interface HistogramOptions extends FigureHead {
  readonly xTitle: string;
  /** @default {"Count"} */
  readonly yTitle?: string;
  /** Upright rules with labels, at places of the x axis. */
  readonly rules?: readonly Rule[];
  /** Size inside the axes in px. @default 520 x 260 */
  readonly size?: { readonly width: number; readonly height: number };
}

/** A bar of a histogram. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Strokes of a rug at most: more are a solid bar, and too many marks. */
const MAX_RUG = 2000;
const [FEWEST, MOST] = [8, 40] as const;

/** The step of 1, 2, 2.5 or 5 times a power of ten next below `width`. */
function roundStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return power * [5, 2.5, 2, 1].find((factor) => factor * power <= width * (1 + 1e-9))!;
}

/**
 * Bins of equal round width, next below that of Freedman and Diaconis (1981) held to 8 to 40 bins.
 * The last bin holds its upper edge; values that are as good as equal have one bin
 * around them. `span` is the length of the axis where rules make it longer: bins narrower than a 40th
 * of it would be hairlines.
 */
export function histogramBins(values: readonly number[], span = 0): Bin[] {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  // Below this, bin edges can no longer be told apart in 12 digits.
  const most = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(1e-9 * most, 1e-300)) {
    const half = most / 20 || 0.5;
    return [{ low: low - half, high: high + half, count: values.length }];
  }
  const iqr = percentile(sorted, 75) - percentile(sorted, 25);
  const asked = (high - low) / (2 * iqr / Math.cbrt(sorted.length) || (high - low) / FEWEST);
  const fine = (high - low) / Math.min(MOST, Math.max(FEWEST, asked));
  const step = roundStep(Math.max(fine, span / MOST));
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step) - first);
  const counts = new Array<number>(count).fill(0);
  const edge = (i: number) => Number(((first + i) * step).toPrecision(12));
  for (const value of sorted) {
    // 0.3 / 0.1 is below 3: the edge decides, not the division.
    const near = Math.floor(value / step) - first;
    const bin = value >= edge(near + 1) ? near + 1 : value < edge(near) ? near - 1 : near;
    counts[Math.min(count - 1, Math.max(0, bin))]!++;
  }
  return counts.map((n, i) => ({ low: edge(i), high: edge(i + 1), count: n }));
}

/** Bars from bin edge to bin edge, and a stroke a value below them while they can be told apart. */
function barsAndRug(values: readonly number[], bins: readonly Bin[], bottom: number): Layer[] {
  const bars: Layer = {
    data: { values: [...bins] },
    mark: { type: "rect", color: "#9ecae1", stroke: "#ffffff", strokeWidth: 1 },
    encoding: {
      x: { field: "low", type: "quantitative" },
      x2: { field: "high" },
      y: { field: "count", type: "quantitative", scale: { zero: true, nice: true } },
      y2: { datum: 0 },
    },
  };
  if (values.length > MAX_RUG) return [bars];
  const rug: Layer = {
    data: { values: values.map((value) => ({ value })) },
    mark: { type: "rule", color: "#2171b5", opacity: 0.5, strokeWidth: 1 },
    encoding: {
      x: { field: "value", type: "quantitative" },
      y: { value: bottom },
      y2: { value: bottom - 7 },
    },
  };
  return [bars, rug];
}

/**
 * A histogram of `values`, with a rug up to 2,000 of them and labelled rules.
 *
 * @throws {NeuriteError} `E-FIGURE` for no values, or values or rules that are not finite.
 *
 * @example Usage
 * ```ts
 * import { histogram } from "neurite/lib/figure/histogram.ts";
 *
 * const spec = histogram([0.1, 0.12, 0.2, 0.4], {
 *   name: "ratios",
 *   title: "Ratios",
 *   description: "Four ratios.",
 *   xTitle: "Ratio",
 *   rules: [{ x: 0.9, label: "circuit" }],
 * });
 * if (spec.name !== "ratios") throw new Error("unreachable");
 * ```
 */
export function histogram(values: readonly number[], options: HistogramOptions): TopLevelSpec {
  const { rules = [], size = { width: 520, height: 260 } } = options;
  const places = rules.flatMap(({ x }) => x === undefined ? [] : [x]);
  if (values.length === 0 || ![...values, ...places].every(Number.isFinite)) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: options.title,
      is: values.length === 0 ? "no values" : "values that are not finite",
      expected: "at least one value, all finite",
      hint: "mend the values, or draw the figure without them",
    });
  }
  const [least, greatest] = valueRange([...values, ...places], "Blues");
  const bins = histogramBins(values, greatest - least);
  const edges = [bins[0]!.low, bins.at(-1)!.high];
  const [low, high] = valueRange([...edges, ...places], "Blues");
  const margin = 0.02 * (high - low);
  const xDomain: [number, number] = [low - margin, high + margin];
  return {
    ...specHead(options),
    ...size,
    encoding: {
      x: {
        type: "quantitative",
        title: options.xTitle,
        scale: { domain: xDomain, nice: false, zero: false },
        // Above the bars, whose edges would hide half of its line.
        axis: { grid: false, zindex: 1 },
      },
      y: { type: "quantitative", title: options.yTitle ?? "Count", axis: { tickMinStep: 1 } },
    },
    layer: [
      ...barsAndRug(values, bins, size.height),
      ...ruleLayers(rules, { size, xDomain }),
    ],
  };
}
