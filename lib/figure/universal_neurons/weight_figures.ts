/**
 * What the weights alone show: Gurnee et al. 2024, sections 4 and 5.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { heatmap } from "../heatmap.ts";
import { histogram } from "../histogram.ts";
import { line } from "../line.ts";
import type { ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";

/** The results that the figures are made of. */
export interface WeightFigureInput {
  /** In titles. */
  readonly model: string;
  readonly layers: number;
  readonly heads: number;
  /** Kurtosis over the vocabulary, `[L·F]`. */
  readonly vocabKurt: ArrayLike<number>;
  /** Cosine of input and output weights, `[L·F]`. */
  readonly inOutSim: ArrayLike<number>;
  /** Mean composition of each layer's neurons with each head, `[L, L·H]`, by name. */
  readonly compositions: Readonly<Record<string, HostArray>>;
  /** The neurons that stand out, below the kurtosis figure. */
  readonly standing?: ReportTable | undefined;
}

const PERCENTILES = [50, 90, 95, 99] as const;

const COMPOSITION_TITLES: Readonly<Record<string, string>> = {
  "comp_v": "output to value (V)",
  "comp_o": "head output to input (O)",
  "comp_query_side": "output to query",
  "comp_key_side": "output to key",
};

function percentile(sorted: readonly number[], share: number): number {
  const place = share / 100 * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Percentiles of the vocabulary kurtosis in each layer, as the paper draws them. */
function kurtosisByLayer(input: WeightFigureInput): FigureEntry {
  const { model, layers, vocabKurt, standing } = input;
  const width = vocabKurt.length / layers;
  const sorted = Array.from(
    { length: layers },
    (_, layer) =>
      Array.from({ length: width }, (_, i) => vocabKurt[layer * width + i]!)
        .filter(Number.isFinite).sort((a, b) => a - b),
  );
  const filled = sorted.flatMap((values, layer) => values.length > 0 ? [layer] : []);
  const series = PERCENTILES.map((share) => ({
    name: share === 50 ? "median" : `${share} %`,
    x: filled,
    y: filled.map((layer) => percentile(sorted[layer]!, share)),
  }));
  const spec = line(series, {
    name: "vocab-kurtosis",
    title: `${model}: Kurtosis over the Vocabulary by Layer`,
    description: "Percentiles, over the neurons of each layer, of the kurtosis of their cosines " +
      "with the unembedding of every token.",
    xTitle: "Layer",
    yTitle: "Kurtosis (Gaussian: 3)",
    xTicks: filled,
  });
  const caption =
    "Percentiles of the kurtosis of cos(W_U, w_out) over tokens. Neurons far above 3 " +
    "write to few tokens: prediction neurons.";
  return { name: "vocab-kurtosis", spec, caption, table: standing };
}

function similarityHistogram({ model, inOutSim }: WeightFigureInput): FigureEntry {
  const spec = histogram(Array.from(inOutSim), {
    name: "in-out-similarity",
    title: `${model}: Similarity of Input and Output Weights`,
    description: "How many neurons have which cosine between what they read and what they write.",
    xTitle: "cos(w_in, w_out)",
    yTitle: "Neurons",
    rules: [{ x: 0 }],
  });
  const caption =
    "Cosine of each neuron's input and output weights, folded and centred. Left of 0 " +
    "a neuron takes away what it reacts to.";
  return { name: "in-out-similarity", spec, caption };
}

function compositionHeatmap(input: WeightFigureInput): FigureEntry {
  const { model, layers, heads, compositions } = input;
  const columns = Array.from(
    { length: layers * heads },
    (_, i) => `a${Math.floor(i / heads)}.h${i % heads}`,
  );
  const rows = Array.from({ length: layers }, (_, layer) => `m${layer}`);
  const every = Math.max(1, Math.ceil(layers / 6));
  const panels = Object.entries(compositions).map(([name, values]) => ({
    values,
    title: COMPOSITION_TITLES[name] ?? name,
  }));
  const spec = heatmap(panels, {
    name: "head-composition",
    title: `${model}: Neurons and Attention Heads`,
    description: "Mean composition of the neurons of each layer with each attention head.",
    xTitle: "Attention head",
    yTitle: "Layer of the neurons",
    colorTitle: "Mean composition",
    rows,
    columns,
    columnTicks: columns.filter((_, i) => i % (every * heads) === 0),
    palette: "Blues",
    cell: {
      width: Math.max(1, Math.floor(330 / columns.length)),
      height: Math.max(4, Math.floor(160 / layers)),
    },
    panelColumns: 2,
  });
  const caption = "Mean over the neurons of a layer (rows) of their composition with each head " +
    "(columns), all pairs of layers: a head before the neuron's layer does not read its output.";
  return { name: "head-composition", spec, caption };
}

/** Every figure of one model's weight statistics. */
export function weightFigures(input: WeightFigureInput): FigureEntry[] {
  return [kurtosisByLayer(input), similarityHistogram(input), compositionHeatmap(input)];
}
