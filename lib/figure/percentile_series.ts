/**
 * Percentiles of a statistic by layer as lines and bands, for `line` and `linePanels`.
 *
 * @module
 */
import type { Series } from "./line_view.ts";
import { percentilesByGroup } from "./transforms/percentiles.ts";

/** Values and the layer of each. */
export interface LayerValues {
  readonly values: ArrayLike<number>;
  readonly layers: ArrayLike<number>;
}

/** Ends of the bands of a fan, widest first. */
export const FAN: readonly (readonly [number, number])[] = [
  ...[[1, 99], [5, 95], [10, 90], [15, 85], [25, 75]] as const,
];

/**
 * A fan: the median of each layer with a band for each of `pairs`, and the mean. Values that are not
 * finite are left out, and so are layers of nothing else.
 */
export function fanSeries({ values, layers }: LayerValues, pairs = FAN): Series[] {
  const percents = [50, ...pairs.flat()];
  const { groups, percentiles, means } = percentilesByGroup(values, layers, percents);
  const band = pairs.map((_, i) => ({
    low: percentiles[1 + 2 * i]!,
    high: percentiles[2 + 2 * i]!,
  }));
  return [
    { name: "median", x: groups, y: percentiles[0]!, band },
    { name: "mean", x: groups, y: means },
  ];
}

/**
 * A line for each percentage by layer: the mean over samples (such as seeds of a model), with a band
 * from the least to the greatest where there are several. Layers that some sample lacks are left out.
 */
export function percentileSeries(
  samples: readonly LayerValues[],
  percents: readonly number[],
): Series[] {
  const found = samples.map(({ values, layers }) => percentilesByGroup(values, layers, percents));
  const layers = (found[0]?.groups ?? []).filter((layer) =>
    found.every(({ groups }) => groups.includes(layer))
  );
  return percents.map((percent, p) => {
    const at = layers.map((layer) =>
      found.map(({ groups, percentiles }) => percentiles[p]![groups.indexOf(layer)]!)
    );
    const band = {
      low: at.map((values) => Math.min(...values)),
      high: at.map((values) => Math.max(...values)),
    };
    return {
      name: percent === 50 ? "median" : `${percent} %`,
      x: layers,
      y: at.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
      ...(samples.length > 1 ? { band } : {}),
    };
  });
}
