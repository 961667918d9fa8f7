/**
 * What the correlations of two or more models show: how alike their neurons are beside chance.
 *
 * @module
 */
import { histogram } from "../histogram.ts";
import { type IntervalRow, intervals } from "../intervals.ts";
import { line, type Series } from "../line.ts";
import type { FigureEntry } from "../write_report.ts";

/** A share of neurons and its spread over draws of the baseline. */
export interface SpreadShare {
  readonly mean: number;
  readonly sd: number;
}

/** Numbers of each of the first model's neurons. */
export interface CorrelationColumns {
  /** Largest correlation, mean over partners. */
  readonly maxima: ArrayLike<number>;
  /** The same with the baseline. */
  readonly baseline?: ArrayLike<number> | undefined;
  /** Their difference. */
  readonly excess?: ArrayLike<number> | undefined;
}

/** Whose correlations the figures show. */
export interface CorrelationTitles {
  /** The first model. */
  readonly model: string;
  /** The baseline, as in `"rotation baseline"`. */
  readonly baseline: string;
  /** The excess above which a neuron is universal. */
  readonly universal: number;
}

const BINS = 50;

/** Share of values in each of the bins of −1 to 1, divided by the bin's width. */
function density(name: string, values: ArrayLike<number>): Series {
  const counts = new Float64Array(2 * BINS);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i]! + 1) * BINS);
    counts[Math.min(2 * BINS - 1, Math.max(0, bin))]!++;
  }
  const x = Float64Array.from(counts, (_, bin) => (bin + 0.5) / BINS - 1);
  return { name, x, y: counts.map((count) => count / values.length * BINS) };
}

/** The parts of series from the first to the last place where any is not 0, and one beside. */
function trimmed(series: readonly Series[]): Series[] {
  const used = Array.from({ length: 2 * BINS }, (_, bin) => series.some(({ y }) => y[bin]! > 0));
  const start = Math.max(0, used.indexOf(true) - 1);
  const end = used.lastIndexOf(true) + 2;
  const part = (values: ArrayLike<number>) => Array.from(values).slice(start, end);
  return series.map(({ name, x, y }) => ({ name, x: part(x), y: part(y) }));
}

/** Densities of the largest correlations, of the model and of the baseline. */
export function maximaFigure(
  { maxima, baseline }: CorrelationColumns,
  { model, baseline: name }: CorrelationTitles,
): FigureEntry {
  const series = [
    density("neurons", maxima),
    ...(baseline ? [density(`${name} baseline`, baseline)] : []),
  ];
  const caption = "How alike the most similar neuron of another model is: density of each " +
    "neuron's largest correlation, mean over partners." +
    (baseline ? " The baseline is what neurons without a counterpart reach." : "");
  return {
    name: "max-correlation",
    spec: line(trimmed(series), {
      name: "max-correlation",
      title: `Largest correlation of the neurons of ${model}`,
      description: caption,
      xTitle: "Largest correlation with a neuron of another model",
      yTitle: "Density",
    }),
    caption,
  };
}

/** Histogram of excess correlation, with the border of universal neurons. */
export function excessFigure(
  excess: ArrayLike<number>,
  { model, universal, baseline }: CorrelationTitles,
): FigureEntry {
  const caption = `Largest correlation minus that with the ${baseline} baseline, one value a ` +
    `neuron. Neurons above ${universal} are universal.`;
  return {
    name: "excess-correlation",
    spec: histogram(Array.from(excess), {
      name: "excess-correlation",
      title: `Excess correlation of the neurons of ${model}`,
      description: caption,
      xTitle: "Excess correlation",
      yTitle: "Neurons",
      rules: [{ x: universal, label: "universal" }],
    }),
    caption,
  };
}

/** Share of universal neurons against each partner and against all, with ± 1 sd over draws. */
export function shareFigure(
  shares: Readonly<Record<string, SpreadShare>>,
  { model, universal, baseline }: CorrelationTitles,
): FigureEntry {
  const rows: IntervalRow[] = Object.entries(shares).map(([label, { mean, sd }]) => ({
    label,
    value: mean,
    interval: [Math.max(0, mean - sd), mean + sd],
  }));
  const caption = `Share of neurons with an excess correlation above ${universal}: against each ` +
    `partner alone, and in the mean over partners. Bars are one standard deviation over draws of ` +
    `the ${baseline} baseline.`;
  return {
    name: "universal-share",
    spec: intervals([{ xTitle: "Share of universal neurons", rows }], {
      name: "universal-share",
      title: `Universal neurons of ${model}`,
      description: caption,
    }),
    caption,
    table: {
      caption: "Share of universal neurons",
      columns: ["partner", "share", "sd over draws"],
      rows: Object.entries(shares).map((
        [label, { mean, sd }],
      ) => [label, mean.toPrecision(4), sd.toPrecision(2)]),
    },
  };
}

/** Every figure that these numbers can fill. */
export function correlationFigures(
  columns: CorrelationColumns,
  shares: Readonly<Record<string, SpreadShare>>,
  titles: CorrelationTitles,
): FigureEntry[] {
  return [
    maximaFigure(columns, titles),
    ...(columns.excess ? [excessFigure(columns.excess, titles)] : []),
    ...(Object.keys(shares).length > 0 ? [shareFigure(shares, titles)] : []),
  ];
}
