/**
 * The paper's figures of single neurons (spec/greater_than sections 3.5 and 3.9).
 *
 * @module
 */
import { formatShape, type HostArray, hostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { type IntervalRow, intervals } from "../intervals.ts";
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { YY_LABELS } from "./labels.ts";
import { firstRow, minusFirstRow } from "./logit_lens_heatmap.ts";
import { dataRange, type FigureOptions, paperDomain, type Range } from "./ranges.ts";
import { missingCells, yearHeatmap, type YearPanel } from "./year_heatmap.ts";

/** Which MLP the neurons are of. */
export interface NeuronFigureOptions extends FigureOptions {
  /** Layer of the MLP; 10 in the paper. */
  readonly layer: number;
}

interface NeuronFigure {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly colorTitle: "Logit Lens Magnitude" | "Logit Change";
  readonly panels: readonly YearPanel[];
  readonly caption: string;
  readonly domain?: Range;
  readonly panelColumns?: number;
  readonly cell?: { readonly width: number; readonly height: number };
}

/** Ranks, counted from 1 as the figure does, that the appendix draws: four above four. */
const APPENDIX_RANKS = [4, 5, 6, 7, 8, 9, 10, 11] as const;

function badShape(figure: string, { shape }: HostArray, expected: string) {
  return cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `values of shape ${formatShape(shape)}`,
    expected,
    hint: "run the experiment again, with more neurons",
  });
}

/** Slices of [K,97,100] for 1-based ranks, titled by rank and neuron. */
function rankPanels(
  values: HostArray,
  ranks: readonly number[],
  { order, figure }: { order: HostArray; figure: string },
): YearPanel[] {
  const [count = 0, rows, columns] = values.shape;
  const last = Math.max(...ranks);
  if (values.shape.length !== 3 || rows !== 97 || columns !== 100 || count < last) {
    throw badShape(figure, values, `[K, 97, 100] with K at least ${last}`);
  }
  if (order.shape.length !== 1 || order.data.length < last) {
    throw badShape(figure, order, `[F] neurons in order, at least ${last}`);
  }
  const size = 97 * 100;
  return ranks.map((rank) => ({
    values: hostArray(values.data.slice((rank - 1) * size, rank * size), [97, 100]),
    title: `Rank ${rank}: Neuron ${order.data[rank - 1]}`,
  }));
}

const RED_BLUE =
  "Columns are the 100 year tokens, rows the start years 02 to 98, 02 on top. Blue " +
  "raises a year's logit, red lowers it.";

/** The figures of single neurons: lenses and direct effects by rank. */
function* rankedFigures(
  arrays: Arrays,
  order: HostArray,
  options: NeuronFigureOptions,
): Generator<NeuronFigure> {
  const { neuron_lens: lens, neuron_direct_effects: effects } = arrays;
  const mlp = `${options.model} MLP ${options.layer}`;
  const wide = { width: 4, height: 3 } as const;
  const auto = (panels: readonly YearPanel[]) =>
    options.isPaperModel ? { domain: dataRange(panels.map(({ values }) => values)) } : {};
  if (lens) {
    const top3 = rankPanels(lens, [1, 2, 3], { order, figure: "top3-neurons" });
    yield {
      name: "top3-neurons",
      title: `${mlp}: Logit Lens of the Top 3 Neurons`,
      description: `Logit lens of the three most important neurons. ${RED_BLUE}`,
      colorTitle: "Logit Lens Magnitude",
      panels: top3,
      caption: "What the three most important neurons write towards each year.",
      ...auto(top3),
    };
    const top2 = rankPanels(lens, [1, 2], { order, figure: "top2-neurons" });
    yield {
      name: "top2-neurons",
      title: `${mlp}: Logit Lens of the Top 2 Neurons`,
      description: `Logit lens of the two most important neurons. ${RED_BLUE}`,
      colorTitle: "Logit Lens Magnitude",
      panels: top2,
      caption: "What the two most important neurons write towards each year.",
      cell: wide,
      ...auto(top2),
    };
    yield {
      name: "neurons",
      title: `${mlp}: Logit Lens of the Neurons of Ranks 4 to 11`,
      description: `Logit lens of eight neurons, ranks 4 to 7 above ranks 8 to 11. ${RED_BLUE}`,
      colorTitle: "Logit Lens Magnitude",
      panels: rankPanels(lens, APPENDIX_RANKS, { order, figure: "neurons" }),
      caption: "What the neurons of ranks 4 to 11 write towards each year.",
      panelColumns: 4,
      ...paperDomain([-5, 5], options),
    };
  }
  if (effects) {
    const top3 = rankPanels(effects, [1, 2, 3], { order, figure: "top3-neurons-directeffects" });
    yield {
      name: "top3-neurons-directeffects",
      title: `${mlp}: Direct Effects of the Top 3 Neurons`,
      description: `Direct effect of each of the three most important neurons on the logits, ` +
        `column 00 subtracted. ${RED_BLUE}`,
      colorTitle: "Logit Change",
      panels: top3,
      caption: "How the logits change through each of the three most important neurons.",
      ...auto(top3),
    };
  }
}

/** Which row a sum of lenses is less. */
function lessRow(lens: HostArray): string {
  return `row ${YY_LABELS[firstRow(lens)] ?? ""}`;
}

/** The figures of sums over the top neurons. */
function* summedFigures(arrays: Arrays, options: NeuronFigureOptions): Generator<NeuronFigure> {
  const mlp = `${options.model} MLP ${options.layer}`;
  const {
    neuron_lens_sum_top10: lens10,
    neuron_lens_sum_top100: lens100,
    neuron_lens_sum_top200: lens200,
    neuron_direct_sum_top10: summed,
    neuron_joint_top10: joint,
  } = arrays;
  if (lens10) {
    yield {
      name: "top10-neurons-logitlenssum",
      title: `${mlp}: Sum of the Top 10 Logit Lenses`,
      description: `Sum of the logit lenses of the ten most important neurons, ${
        lessRow(lens10)
      } subtracted. ${RED_BLUE}`,
      colorTitle: "Logit Lens Magnitude",
      panels: [{ values: minusFirstRow(lens10) }],
      caption: `What the ten most important neurons write together, less ${lessRow(lens10)}.`,
      cell: { width: 3, height: 3 },
      ...paperDomain([-30, 30], options),
    };
  }
  if (summed && joint) {
    yield {
      name: "top10-neurons-directeffects",
      title: `${mlp}: Direct Effects of the Top 10 Neurons`,
      description: `Direct effects of the ten most important neurons, patched one by one and ` +
        `summed, and patched together, column 00 subtracted. ${RED_BLUE}`,
      colorTitle: "Logit Change",
      panels: [{ values: summed, title: "Summed" }, { values: joint, title: "Jointly Patched" }],
      caption: "Ten neurons patched one by one and summed, beside the ten patched together.",
      ...paperDomain([-3, 3], options),
    };
  }
  if (lens100 && lens200) {
    yield {
      name: "top100-neurons",
      title: `${mlp}: Sum of the Top 100 and 200 Logit Lenses`,
      description: `Sums of the logit lenses of the 100 and 200 most important neurons, ${
        lessRow(lens100)
      } subtracted. ${RED_BLUE}`,
      colorTitle: "Logit Lens Magnitude",
      panels: [
        { values: minusFirstRow(lens100), title: "Top 100" },
        { values: minusFirstRow(lens200), title: "Top 200" },
      ],
      caption: `What the 100 and 200 most important neurons write together, less ${
        lessRow(lens100)
      }.`,
      ...paperDomain([-45, 50], options),
    };
  }
  if (lens10 && joint) {
    yield {
      name: "top10-patched-summed",
      title: `${mlp}: Top 10 Neurons, Patched and Summed`,
      description: `Change of the logits when the ten most important neurons are patched ` +
        `together, column 00 subtracted, and the sum of their logit lenses. ${RED_BLUE}`,
      colorTitle: "Logit Change",
      panels: [
        { values: joint, title: "Jointly Patched" },
        { values: lens10, title: "Sum of Logit Lenses" },
      ],
      caption: "The ten neurons patched together, beside the sum of their logit lenses.",
      cell: { width: 4, height: 3 },
      ...paperDomain([-3, 3], options),
    };
  }
}

/** Neurons of {@linkcode effectFigures}: as many as the other figures show. */
const EFFECT_RANKS = 11;

/** What each of the first neurons changes, with its interval; the paper has no such figure. */
function effectFigures(
  { neuron_effect_mean: mean, neuron_effect_ci: ci }: Arrays,
  order: HostArray,
  { model, layer }: NeuronFigureOptions,
): FigureEntry[] {
  if (!mean || !ci) return [];
  const ends = Array.from(ci.data, Number);
  const rows = Array.from(mean.data, Number).slice(0, EFFECT_RANKS).map((
    value,
    i,
  ): IntervalRow => ({
    label: `Rank ${i + 1}: Neuron ${order.data[i]}`,
    value,
    interval: [ends[2 * i]!, ends[2 * i + 1]!],
  }));
  return [{
    name: "neuron-effects",
    spec: intervals([{ xTitle: "Mean change of the probability difference", rows }], {
      name: "neuron-effects",
      title: `${model} MLP ${layer}: Effects of the Top Neurons`,
      description: `Mean change of the probability difference, with its bootstrap interval, when ` +
        `one neuron's direct path to the logits takes the bad prompt's activation: ${
          rows.map(({ label, value }) => `${label} ${value.toFixed(4)}`).join(", ")
        }.`,
      width: 360,
    }),
    caption: "What the model loses when one neuron answers as to the year 01, by its direct path.",
  }];
}

/**
 * The figures of neurons, those whose arrays are there: `neuron_order` [F] with `neuron_lens` and
 * `neuron_direct_effects` [K,97,100] of its first K at least 11, and with `neuron_effect_mean` [K] and
 * `neuron_effect_ci` [K,2]; `neuron_lens_sum_top10`, `…_top100`, `…_top200`,
 * `neuron_direct_sum_top10` and `neuron_joint_top10` [97,100]. Rows of NaN are grey.
 *
 * @throws {NeuriteError} `E-FIGURE` for other shapes, too few neurons, or NaN.
 */
export function neuronFigures(arrays: Arrays, options: NeuronFigureOptions): FigureEntry[] {
  const { neuron_order: order } = arrays;
  const figures = [
    ...(order ? rankedFigures(arrays, order, options) : []),
    ...summedFigures(arrays, options),
  ];
  const heatmaps = figures.map(({ panels, caption, ...rest }) => ({
    name: rest.name,
    spec: yearHeatmap(panels, {
      palette: "RdBu",
      missing: missingCells(...panels.map(({ values }) => values)),
      ...rest,
    }),
    caption,
  }));
  return [...heatmaps, ...(order ? effectFigures(arrays, order, options) : [])];
}
