/**
 * One set of activations by start year: its components, and whether they keep the order of the years.
 *
 * @module
 */
import { type HostArray, toFloat32 } from "../../array.ts";
import { bootstrapMean } from "../task/bootstrap.ts";
import type { Bounds } from "../task/measures.ts";
import { principalComponents, standardized } from "./pca.ts";
import { chanceGap, neighbourGaps } from "../answers/year_order.ts";
import { meanAndSd } from "../task/year_metrics.ts";

/** Numbers of a panel under the names of summary.json; gaps in years. */
export type PcaSummary = Readonly<{
  /** Shares of the variance of the two components. */
  explained: readonly [number, number];
  "neighbour_gap_mean": number;
  "neighbour_gap_sd": number;
  "neighbour_gap_ci": Bounds;
  "chance_gap_mean": number;
  "chance_gap_sd": number;
}>;

/** A panel of the figure. */
export interface PcaPanel {
  /** f64 `[N, 2]`, each component of mean 0 and population standard deviation 1. */
  readonly points: HostArray<Float64Array>;
  /** f64 `[2]`. */
  readonly explained: HostArray<Float64Array>;
  readonly summary: PcaSummary;
}

/**
 * The panel of activations `[N, D]`.
 *
 * @param years i32 `[N]`.
 * @param seed of the bootstrap and of the shuffles that give chance.
 */
export function pcaPanel(rows: HostArray, years: Int32Array, seed: number): PcaPanel {
  const { scores, explained } = principalComponents(rows);
  const points = standardized(scores);
  const gaps = neighbourGaps(points, years);
  const { mean, sd } = meanAndSd(gaps);
  const { low, high } = bootstrapMean(gaps, { seed });
  const chance = chanceGap(points, years, { seed });
  return {
    points,
    explained,
    summary: {
      explained: [explained.data[0]!, explained.data[1]!],
      "neighbour_gap_mean": mean,
      "neighbour_gap_sd": sd,
      "neighbour_gap_ci": [low, high],
      "chance_gap_mean": chance.mean,
      "chance_gap_sd": chance.sd,
    },
  };
}

/** Panels by the name of their activations: as arrays.safetensors and as summary.json hold them. */
export interface PcaPanels {
  /** float32: `pca_<name> [N, 2]` and `pca_explained_<name> [2]`. */
  readonly arrays: Readonly<Record<string, HostArray>>;
  readonly summaries: Readonly<Record<string, PcaSummary>>;
}

/** The panels of several activations `[N, D]` by name; `years` and `seed` as of {@linkcode pcaPanel}. */
export function pcaPanels(
  activations: ReadonlyMap<string, HostArray>,
  years: Int32Array,
  seed: number,
): PcaPanels {
  const panels = [...activations].map(([name, rows]) =>
    [name, pcaPanel(rows, years, seed)] as const
  );
  return {
    arrays: Object.fromEntries(panels.flatMap(([name, { points, explained }]) => [
      [`pca_${name}`, toFloat32(points)],
      [`pca_explained_${name}`, toFloat32(explained)],
    ])),
    summaries: Object.fromEntries(panels.map(([name, { summary }]) => [name, summary])),
  };
}
