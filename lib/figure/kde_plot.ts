/**
 * Smooth densities of several groups over one another, in panels.
 *
 * @module
 */
import { linePanels, type LinePanelsOptions } from "./line_panels.ts";
import type { Series } from "./line_view.ts";
import { checkMissingValues, countMissing, rangeOf } from "./missing_values.ts";
import type { Rule } from "./rules.ts";
import type { TopLevelSpec } from "./spec_types.ts";
import { kernelDensity, type KernelDensityOptions } from "./transforms/kernel_density.ts";

/** A group of values, measured once or in several samples, such as seeds of a model. */
export interface DensityGroup {
  readonly name: string;
  /** Of several samples the mean density is drawn, with a band from the least to the greatest. */
  readonly samples: readonly ArrayLike<number>[];
}

/** One quantity: its own axes. */
export interface DensityPanel {
  readonly title?: string;
  /** Under the title. */
  readonly subtitle?: string;
  readonly xTitle: string;
  readonly groups: readonly DensityGroup[];
  /** What the axis spans. @default the kernels of all values to 3 standard deviations, within the bounds */
  readonly range?: readonly [number, number];
  readonly rules?: readonly Rule[];
}

/** How densities look and how they are smoothed. */
export interface DensityOptions
  extends
    Pick<LinePanelsOptions, "name" | "title" | "description" | "panelColumns" | "size">,
    KernelDensityOptions {
  /** Places at which a density is computed. @default {160} */
  readonly points?: number;
  /** How many values are NaN or infinite, on purpose; they are left out. @default {0} */
  readonly missing?: number;
}

function densitySeries(
  { name, samples }: DensityGroup,
  places: Float64Array,
  options: KernelDensityOptions,
): Series {
  const densities = samples.map((values) => kernelDensity(values, places, options).density);
  const [first] = densities;
  if (densities.length === 1) return { name, x: places, y: first! };
  const over = (reduce: (values: number[]) => number) =>
    places.map((_, i) => reduce(densities.map((density) => density[i]!)));
  return {
    name,
    x: places,
    y: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    band: { low: over((values) => Math.min(...values)), high: over((v) => Math.max(...v)) },
  };
}

/** Standard deviations of a kernel that are drawn of its tails; seaborn's `cut`. */
const CUT = 3;

/** Room for the tails of each sample's kernels, but not where no value can be. */
function spanOf(
  groups: readonly DensityGroup[],
  options: KernelDensityOptions,
): [number, number] {
  const [least, greatest] = options.bounds ?? [-Infinity, Infinity];
  const tails = groups.flatMap(({ samples }) => samples).map((values) => {
    const [low, high] = rangeOf([values]);
    const room = CUT * kernelDensity(values, [], options).bandwidth;
    return [low - room, high + room];
  });
  const [low, high] = rangeOf(tails);
  return [Math.max(least, low), Math.min(greatest, high)];
}

/**
 * Gaussian kernel densities in panels. A group in which nothing varies is flat at 0.
 *
 * @throws {NeuriteError} `E-FIGURE` when values are not finite without having been announced, and for
 * more than seven groups; {RangeError} as `kernelDensity`.
 *
 * @example Usage
 * ```ts
 * import { densityCurves } from "neurite/lib/figure/kde_plot.ts";
 *
 * const groups = [{ name: "seeds", samples: [[0, 1, 2], [0, 2, 3]] }];
 * const spec = densityCurves([{ xTitle: "skew", groups }], {
 *   name: "skew",
 *   title: "Skew",
 *   description: "Two seeds.",
 *   factor: 0.5,
 * });
 * if (spec.name !== "skew") throw new Error("unreachable");
 * ```
 */
export function densityCurves(
  panels: readonly DensityPanel[],
  options: DensityOptions,
): TopLevelSpec {
  const { points = 160, missing = 0, factor, adjust, bounds, ...look } = options;
  const smooth: KernelDensityOptions = {
    ...(factor === undefined ? {} : { factor }),
    ...(adjust === undefined ? {} : { adjust }),
    ...(bounds ? { bounds } : {}),
  };
  const samples = panels.flatMap(({ groups }) => groups.flatMap((group) => group.samples));
  checkMissingValues(countMissing(samples), missing, options.title);
  const drawn = panels.map(({ groups, range, ...panel }) => {
    const [low, high] = range ?? spanOf(groups, smooth);
    const places = Float64Array.from(
      { length: points },
      (_, i) => low + (high - low) * i / (points - 1),
    );
    const series = groups.map((group) => densitySeries(group, places, smooth));
    return { ...panel, xDomain: [low, high] as const, series };
  });
  return linePanels(drawn, { ...look, xTitle: "", yTitle: "Density" });
}
