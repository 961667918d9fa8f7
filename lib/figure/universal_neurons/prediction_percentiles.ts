/**
 * Where prediction neurons are: kurtosis and skew of neurons' effects by layer, over seeds or over sizes
 * of a model (Gurnee et al. 2024, section 5.1; the notebook prediction_neurons).
 *
 * @module
 */
import { densityCurves } from "../kde_plot.ts";
import { linePanels } from "../line_panels.ts";
import { bandsOf, type Series } from "../line_view.ts";
import { rangeOf } from "../missing_values.ts";
import { fanSeries, percentileSeries } from "../percentile_series.ts";
import { specHead } from "../spec_head.ts";
import type { Panel, TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";

/** Moments of all neurons of a model over the vocabulary, layer after layer. */
export interface NeuronMoments {
  readonly model: string;
  /** F, neurons of a layer. */
  readonly width: number;
  readonly kurt: ArrayLike<number>;
  readonly skew: ArrayLike<number>;
}

interface LayerMoments {
  readonly model: string;
  readonly layers: ArrayLike<number>;
  readonly kurt: ArrayLike<number>;
  readonly skew: ArrayLike<number>;
}

/** Which neurons the densities and the split fans are of. */
export interface PercentileOptions {
  /** Kurtosis above which a neuron counts. */
  readonly border: number;
  /** Layers of the densities, ascending. */
  readonly lastLayers: readonly number[];
  /** Seeds of one model as lines with bands, or models of several sizes beside each other. */
  readonly layout: "seeds" | "sizes";
}

const PERCENTS = [5, 10, 50, 90, 95] as const;
/** SciPy's `bw_method` of the paper's figure. */
const BANDWIDTH = 0.5;

function skewsAbove({ layers, kurt, skew }: LayerMoments, layer: number, border: number): number[] {
  return Array.from(skew).filter((_, i) => layers[i] === layer && kurt[i]! > border);
}

function layerTicks(models: readonly LayerMoments[]): number[] {
  const last = Math.max(...models.flatMap(({ layers }) => Array.from(new Set(Array.from(layers)))));
  const step = last > 12 ? 4 : last > 6 ? 2 : 1;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** A log axis around all lines and bands: it would begin at a power of ten otherwise. */
function logDomain(series: readonly Series[]): [number, number] {
  const [low, high] = rangeOf(
    series.flatMap((one) => [one.y, ...bandsOf(one).flatMap((band) => [band.low, band.high])]),
  );
  return [low / 1.1, high * 1.1];
}

function columnsOf(spec: TopLevelSpec): Panel[] {
  return (spec as unknown as { concat: Panel[] }).concat;
}

/** prediction_neuron_percentiles_main: seeds of one model as mean lines with bands. */
function percentileFigure(
  models: readonly LayerMoments[],
  { border, lastLayers }: PercentileOptions,
): FigureEntry {
  const name = "prediction_neuron_percentiles_main";
  const isOne = models.length === 1;
  const names = models.map(({ model }) => model).join(", ");
  const ofSeeds = isOne ? "" : `, mean over ${names} with a band from least to greatest`;
  const caption = "Percentiles, over the neurons of each layer, of (a) kurtosis and (b) skew of " +
    "cos(W_U, w_out) over the vocabulary, and (c) density of skew of the neurons of kurtosis " +
    `above ${border} in the last layers (Gaussian kernels of ${BANDWIDTH} standard deviations)` +
    `${ofSeeds}.`;
  const title = `${isOne ? `${names}: ` : ""}Prediction Neurons by Layer`;
  const look = { name, title, description: caption, size: { width: 230, height: 190 } };
  const percentiles = (column: "kurt" | "skew") =>
    percentileSeries(models.map((one) => ({ values: one[column], layers: one.layers })), PERCENTS);
  const kurtosis = percentiles("kurt");
  const left = linePanels([
    {
      title: "(a) Kurtosis",
      yTitle: "Kurtosis",
      yScale: "log",
      yDomain: logDomain(kurtosis),
      series: kurtosis,
    },
    { title: "(b) Skew", yTitle: "Skew", series: percentiles("skew") },
  ], { ...look, xTitle: "Layer", yTitle: "", xTicks: layerTicks(models) });
  const groups = lastLayers.flatMap((layer) => {
    const samples = models.map((model) => skewsAbove(model, layer, border));
    const mean = samples.reduce((sum, { length }) => sum + length, 0) / samples.length;
    // Fewer than two values have no density, and a seed without one would pull the mean down.
    if (samples.some(({ length }) => length < 2)) return [];
    return [{ name: `layer ${layer}: ${Number(mean.toFixed(1))} neurons`, samples }];
  });
  if (groups.length === 0) {
    return { name, spec: left, caption: `${caption} (c) is left out: too few such neurons.` };
  }
  const panel = {
    title: `(c) Skew where kurtosis is above ${border}`,
    // A single curve has no legend to name it.
    ...(groups.length === 1 ? { subtitle: groups[0]!.name } : {}),
    xTitle: "Skew",
    groups,
  };
  const right = densityCurves([panel], {
    ...look,
    factor: BANDWIDTH,
  });
  const part = (spec: TopLevelSpec) => ({
    concat: columnsOf(spec),
    columns: 2,
    spacing: 24,
    resolve: { scale: { color: "shared", strokeDash: "shared" } },
  });
  const spec = {
    ...specHead(look),
    vconcat: [part(left), part(right)],
    spacing: 20,
    resolve: { scale: { color: "independent", strokeDash: "independent" } },
  } as unknown as TopLevelSpec;
  return { name, spec, caption };
}

function named(series: readonly Series[], suffix: string): Series[] {
  return series.map((one) => ({ ...one, name: `${one.name}${suffix}` }));
}

/** pythia_prediction_neurons: models of several sizes, a row each. */
function scalingFigure(
  models: readonly LayerMoments[],
  { border }: PercentileOptions,
): FigureEntry {
  const name = "prediction_neurons_by_size";
  const caption =
    "Kurtosis (left, all neurons) and skew (right, neurons of kurtosis above and up " +
    `to ${border} apart) of cos(W_U, w_out) by layer: median, mean and the middle 50, 70, 80, 90 ` +
    "and 98 % of the neurons. A layer without neurons of a kind has a gap.";
  const panels = models.flatMap(({ model, layers, kurt, skew }) => {
    const fan = fanSeries({ values: kurt, layers });
    const part = (isAbove: boolean) => {
      const keep = Array.from(kurt, (value) => value > border === isAbove);
      const pick = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => keep[i]);
      return fanSeries({ values: pick(skew), layers: pick(layers) });
    };
    return [
      {
        title: model,
        yTitle: "Kurtosis",
        yScale: "log" as const,
        yDomain: logDomain(fan),
        series: fan,
      },
      {
        title: model,
        yTitle: "Skew",
        series: [
          ...named(part(false), `, kurtosis up to ${border}`),
          ...named(part(true), `, kurtosis above ${border}`),
        ].filter(({ x }) => x.length > 0),
      },
    ];
  });
  const spec = linePanels(panels, {
    name,
    title: "Prediction Neurons by Size of the Model",
    description: caption,
    xTitle: "Layer",
    yTitle: "",
    xTicks: layerTicks(models),
    panelColumns: 2,
    dashes: false,
    points: true,
    size: { width: 300, height: 150 },
  });
  return { name, spec, caption };
}

/** prediction_neuron_percentiles_main of seeds, or prediction_neurons_by_size. */
export function momentFigure(
  models: readonly NeuronMoments[],
  options: PercentileOptions,
): FigureEntry {
  const byLayer = models.map(({ width, ...own }) => ({
    ...own,
    layers: Int32Array.from({ length: own.kurt.length }, (_, i) => Math.floor(i / width)),
  }));
  return options.layout === "seeds"
    ? percentileFigure(byLayer, options)
    : scalingFigure(byLayer, options);
}
