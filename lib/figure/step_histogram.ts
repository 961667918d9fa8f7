/**
 * Step histograms: densities of several groups over one another, in panels.
 *
 * @module
 */
import { linePanels, type LinePanelsOptions } from "./line_panels.ts";
import { checkMissingValues, rangeOf } from "./missing_values.ts";
import type { Rule } from "./rules.ts";
import type { TopLevelSpec } from "./spec_types.ts";
import { stepDensity } from "./transforms/step_density.ts";

/** Values with a name. */
export interface NamedValues {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** One quantity: its own axes. */
export interface StepHistogramPanel {
  readonly title?: string;
  readonly xTitle: string;
  /** Drawn over one another. */
  readonly groups: readonly NamedValues[];
  /** What the bins span; values outside are counted in the description. @default all values */
  readonly range?: readonly [number, number];
  readonly rules?: readonly Rule[];
}

/** How step histograms look. */
export interface StepHistogramOptions
  extends Pick<LinePanelsOptions, "name" | "title" | "description" | "panelColumns" | "size"> {
  /** Bins of each panel, the same for its groups. @default {200} */
  readonly bins?: number;
  /** How many values are NaN or infinite, on purpose; they are left out. @default {0} */
  readonly missing?: number;
}

/**
 * Outlines of the density of each group, bins of equal width in each panel. A group without a finite
 * value has no line.
 *
 * @throws {NeuriteError} `E-FIGURE` when values are not finite without having been announced, and for
 * more than seven groups.
 *
 * @example Usage
 * ```ts
 * import { stepHistograms } from "neurite/lib/figure/step_histogram.ts";
 *
 * const groups = [{ name: "a", values: [0.1, 0.2, 0.2] }, { name: "b", values: [0.4] }];
 * const spec = stepHistograms([{ xTitle: "correlation", groups }], {
 *   name: "correlations",
 *   title: "Correlations",
 *   description: "Two groups.",
 *   bins: 4,
 * });
 * if (spec.name !== "correlations") throw new Error("unreachable");
 * ```
 */
export function stepHistograms(
  panels: readonly StepHistogramPanel[],
  { bins = 200, missing = 0, description, ...options }: StepHistogramOptions,
): TopLevelSpec {
  let [leftOut, outside] = [0, 0];
  const drawn = panels.map(({ title, xTitle, groups, range, rules }) => {
    const [low, high] = range ?? rangeOf(groups.map(({ values }) => values));
    const series = groups.map(({ name, values }) => {
      const step = stepDensity(values, { low, high, count: bins });
      leftOut += step.leftOut;
      outside += step.outside;
      return { name, x: step.x, y: step.y };
    });
    return {
      ...(title === undefined ? {} : { title }),
      ...(rules ? { rules } : {}),
      xTitle,
      xDomain: [low, high] as const,
      series,
    };
  });
  checkMissingValues(leftOut, missing, options.title);
  return linePanels(drawn, {
    ...options,
    description: description + (outside > 0 ? ` ${outside} values lie outside the axes.` : ""),
    xTitle: "",
    yTitle: "Density",
    interpolate: "step-after",
    dashes: false,
  });
}
