/**
 * The BOS heuristic's scores: Gurnee et al. 2024, notebook bos_signal.
 *
 * @module
 */
import { CATEGORIES } from "../palette.ts";
import { type Layer, SCHEMA, type TopLevelSpec } from "../spec_types.ts";
import { THEME } from "../theme.ts";
import type { FigureEntry } from "../write_report.ts";

/** Counts of scores, `[bins]`, over the same edges `[bins + 1]`. */
export interface ScoreCounts {
  readonly edges: ArrayLike<number>;
  readonly neurons: ArrayLike<number>;
  readonly random: ArrayLike<number>;
}

/** On a logarithmic axis a bar must begin above 0, and a line stand there. */
const FLOOR = 0.5;

/** Random directions as bars, neurons as a line around theirs; empty bins have no bar. */
function countLayers({ edges, neurons, random }: ScoreCounts, colors: readonly string[]): Layer[] {
  const bins = Array.from(random, (count, i) => ({
    low: edges[i]!,
    high: edges[i + 1]!,
    count,
    floor: FLOOR,
  }));
  const steps = Array.from(
    neurons,
    (count, i) => ({ low: edges[i]!, count: Math.max(count, FLOOR) }),
  );
  const last = steps.length - 1;
  const y = { field: "count", type: "quantitative" as const };
  return [
    {
      data: { values: bins.filter(({ count }) => count > 0) },
      mark: { type: "rect", color: colors[0]!, opacity: 0.5 },
      encoding: {
        x: { field: "low", type: "quantitative" },
        x2: { field: "high" },
        y,
        y2: { field: "floor" },
      },
    },
    {
      data: { values: [...steps, { ...steps[last]!, low: edges[last + 1]! }] },
      mark: { type: "line", interpolate: "step-after", color: colors[1]!, strokeWidth: 1.5 },
      encoding: { x: { field: "low", type: "quantitative" }, y },
    },
  ];
}

/** A legend for layers whose colours are constants. */
function legendLayer(names: readonly string[], colors: readonly string[], at: number): Layer {
  return {
    data: { values: names.map((series) => ({ series, at })) },
    mark: { type: "square", opacity: 0 },
    encoding: {
      x: { field: "at", type: "quantitative" },
      y: { datum: 1 },
      color: {
        field: "series",
        type: "nominal",
        scale: { domain: [...names], range: [...colors] },
        legend: { title: null, symbolType: "square", symbolOpacity: 1 },
      },
    },
  };
}

/** The heuristic's histogram beside that of random directions. */
export function bosScoreFigure(
  model: string,
  scores: ScoreCounts,
  name = "bos-signal",
): FigureEntry {
  const { edges, neurons, random } = scores;
  const most = Math.max(1, ...Array.from(neurons), ...Array.from(random));
  const powers = Array.from({ length: Math.floor(Math.log10(2 * most)) + 1 }, (_, i) => 10 ** i);
  const colors = [CATEGORIES[4]!, CATEGORIES[0]!];
  const spec: TopLevelSpec = {
    $schema: SCHEMA,
    name,
    title: { text: `${model}: How Neurons Move Attention to BOS, by Weights` },
    description: "Histograms of the heuristic score of every neuron for every later head, and of " +
      "as many random directions, both of unit length, with a logarithmic count.",
    config: THEME,
    width: 520,
    height: 260,
    encoding: {
      x: {
        type: "quantitative",
        title: "k(BOS) · (w_out · W_Q) / √K, w_out of unit length",
        scale: { domain: [edges[0]!, edges[edges.length - 1]!], nice: false, zero: false },
        axis: { grid: false },
      },
      y: {
        type: "quantitative",
        title: "Count (log)",
        scale: { type: "log", domain: [FLOOR, 2 * most], nice: false, clamp: true },
        axis: { values: powers, format: "~s" },
      },
    },
    layer: [
      ...countLayers(scores, colors),
      legendLayer(["random directions", "neurons"], colors, edges[0]!),
    ],
  };
  const caption =
    "A positive score raises the head's attention to BOS where the neuron is active. " +
    "Neurons beyond the random directions are tuned to it.";
  return { name, spec, caption };
}
