/**
 * Labelled points, one panel or several beside each other.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { valueRange } from "./color_scale.ts";
import { type FigureHead, panelTitle, specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec, View } from "./spec_types.ts";

/** The points of one panel. */
export interface ScatterPanel {
  readonly title: string;
  /** Under the title. */
  readonly subtitle?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** How a scatter plot looks. */
export interface ScatterOptions extends FigureHead {
  readonly xTitle: string;
  readonly yTitle: string;
  /** Beside each point; the same in all panels. */
  readonly labels: readonly string[];
  /** `#rrggbb` of each point; the same in all panels. */
  readonly colors: readonly string[];
  /** Size inside each panel's axes in px. */
  readonly size: { readonly width: number; readonly height: number };
}

/** Part of the axis left free at each end, for the labels. */
const MARGIN = 0.06;

function checkPanel(panel: ScatterPanel, { labels, colors }: ScatterOptions): void {
  const counts = [panel.x.length, panel.y.length, labels.length, colors.length];
  const finite = [...panel.x, ...panel.y].every(Number.isFinite);
  if (new Set(counts).size === 1 && counts[0]! > 0 && finite) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: panel.title,
    is: finite ? `${counts.join(", ")} x, y, labels and colours` : "places that are not finite",
    expected: "as many of each, all finite",
    hint: "give one x, y, label and colour for each point",
  });
}

function spread(values: readonly number[]): [number, number] {
  const [low, high] = valueRange(values, "Blues");
  const margin = MARGIN * (high - low);
  return [low - margin, high + margin];
}

function scatterPanel(
  panel: ScatterPanel,
  options: ScatterOptions & { readonly yDomain: [number, number]; readonly isFirst: boolean },
): View {
  const { labels, colors, size, isFirst } = options;
  const scale = (domain: [number, number]) => ({ domain, nice: false, zero: false });
  return {
    title: panelTitle(panel.title, { subtitle: panel.subtitle }),
    ...size,
    view: { stroke: "#8c959f" },
    data: {
      values: labels.map((label, i) => ({
        label,
        color: colors[i]!,
        x: panel.x[i]!,
        y: panel.y[i]!,
      })),
    },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: options.xTitle,
        scale: scale(spread(panel.x)),
        axis: { grid: false },
      },
      y: {
        field: "y",
        type: "quantitative",
        title: isFirst ? options.yTitle : null,
        scale: scale(options.yDomain),
        axis: { grid: false, domain: false, ticks: isFirst, labels: isFirst },
      },
      color: { field: "color", type: "nominal", scale: null },
    },
    layer: [
      { mark: { type: "point", filled: true, size: 22, opacity: 1 } },
      {
        mark: { type: "text", align: "left", baseline: "bottom", dx: 2, dy: -2, fontSize: 9 },
        encoding: {
          text: { field: "label", type: "nominal" },
          color: { value: "#1f2328" },
        },
      },
    ],
  };
}

/**
 * Labelled points in panels beside each other. All panels have one y axis, whose ticks and title
 * stand at the first; each has its own x axis.
 *
 * @throws {NeuriteError} `E-FIGURE` when lists differ in length, or places are not finite.
 *
 * @example Usage
 * ```ts
 * import { scatter } from "neurite/lib/figure/scatter.ts";
 *
 * const spec = scatter([{ title: "Layer 0", x: [0, 1], y: [1, 0] }], {
 *   name: "components",
 *   title: "Components",
 *   description: "Two points.",
 *   xTitle: "Component 1",
 *   yTitle: "Component 2",
 *   labels: ["02", "03"],
 *   colors: ["#e79700", "#450699"],
 *   size: { width: 200, height: 200 },
 * });
 * if (spec.name !== "components") throw new Error("unreachable");
 * ```
 */
export function scatter(panels: readonly ScatterPanel[], options: ScatterOptions): TopLevelSpec {
  for (const panel of panels) checkPanel(panel, options);
  const yDomain = spread(panels.flatMap(({ y }) => [...y]));
  return {
    ...specHead(options),
    hconcat: panels.map((panel, i) =>
      scatterPanel(panel, { ...options, yDomain, isFirst: i === 0 })
    ) as Panel[],
    spacing: 16,
  };
}
