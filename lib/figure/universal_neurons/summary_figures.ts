/**
 * What neurons do over a corpus: Gurnee et al. 2024, sections 4.2 and 5.
 *
 * @module
 */
import { line } from "../line.ts";
import { linePanels } from "../line_panels.ts";
import { percentileSeries } from "../percentile_series.ts";
import type { ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";

/** A neuron whose histogram is drawn. */
export interface ShownNeuron {
  /** `layer.index`. */
  readonly name: string;
  /** What it was chosen for. */
  readonly why: string;
  /** Counts of the bins; the first and the last hold what lies beyond all edges. */
  readonly counts: ArrayLike<number>;
}

/** The results that the figures are made of. */
export interface SummaryFigureInput {
  /** In titles. */
  readonly model: string;
  /** Layer of each neuron, and its activation frequency. */
  readonly layers: ArrayLike<number>;
  readonly sparsity: ArrayLike<number>;
  readonly neurons: readonly ShownNeuron[];
  /** Edges between bins, one fewer than bins. */
  readonly edges: ArrayLike<number>;
  /** The shown neurons' tokens. */
  readonly table?: ReportTable | undefined;
}

const PERCENTS = [5, 25, 50, 75, 95] as const;

/** The outline of a histogram from its first to its last bin that holds anything, as shares of all. */
function outline({ counts }: ShownNeuron, edges: ArrayLike<number>) {
  const all = Array.from(counts);
  const total = all.reduce((sum, count) => sum + count, 0);
  // What lies beyond all edges has no place on the axis.
  const inner = all.slice(1, -1);
  const first = inner.findIndex((count) => count > 0);
  const last = inner.findLastIndex((count) => count > 0);
  const bins = Array.from({ length: first < 0 ? 0 : last - first + 1 }, (_, i) => first + i);
  return {
    x: bins.map((bin) => edges[bin]!),
    // A log axis has no place for 0 either: bins without any are drawn at half of one.
    y: bins.map((bin) => Math.max(inner[bin]!, 0.5) / total),
  };
}

function histograms({ model, neurons, edges, table }: SummaryFigureInput): FigureEntry[] {
  const panels = neurons.flatMap((neuron) => {
    const series = outline(neuron, edges);
    if (series.x.length === 0) return [];
    return [{ title: neuron.name, subtitle: neuron.why, series: [{ name: "share", ...series }] }];
  });
  if (panels.length === 0) return [];
  const spec = linePanels(panels, {
    name: "activation-histograms",
    title: `${model}: Activations of Neurons that Stand Out`,
    description: "Histograms, over all tokens, of the activations before the nonlinearity of " +
      "neurons that are extreme in some way.",
    xTitle: "Pre-activation",
    yTitle: "Share of tokens",
    yScale: "log",
    interpolate: "step-after",
    dashes: false,
    panelColumns: 3,
    size: { width: 190, height: 140 },
    rules: [{ x: 0 }],
  });
  const caption = "Pre-activations in the summary's bins, each neuron on axes of its own; the " +
    "shares are on a log axis, with empty bins at half a token.";
  return [{ name: "activation-histograms", spec, caption, table }];
}

function frequencies({ model, sparsity, layers }: SummaryFigureInput): FigureEntry[] {
  const series = percentileSeries([{ values: sparsity, layers }], PERCENTS);
  if (series[0]!.x.length === 0) return [];
  const spec = line(series, {
    name: "activation-frequency",
    title: `${model}: Activation Frequency by Layer`,
    description: "Percentiles, over the neurons of each layer, of the share of tokens on which a " +
      "neuron is active.",
    xTitle: "Layer",
    yTitle: "Activation frequency",
    xTicks: Array.from(series[0]!.x),
    points: true,
  });
  const caption = "Percentiles over neurons of P(pre > −0.098), the original's activation " +
    "frequency (its sparsity).";
  return [{ name: "activation-frequency", spec, caption }];
}

/** Every figure of a summary. */
export function summaryFigures(input: SummaryFigureInput): FigureEntry[] {
  return [...histograms(input), ...frequencies(input)];
}
