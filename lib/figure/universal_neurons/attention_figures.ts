/**
 * Neurons that turn attention off and on: Gurnee et al. 2024, notebook bos_signal.
 *
 * @module
 */
import { CATEGORIES } from "../palette.ts";
import { type Panel, SCHEMA, type TopLevelSpec, type View } from "../spec_types.ts";
import { THEME } from "../theme.ts";
import type { FigureEntry } from "../write_report.ts";
import { type NeuronTokens, tokenScatter } from "./bos_scatter.ts";
import { bosScoreFigure, type ScoreCounts } from "./bos_score_figure.ts";

/** The results that the figures are made of. */
export interface AttentionFigureInput {
  /** In titles. */
  readonly model: string;
  /** The path: `A8H3L7`. */
  readonly path: string;
  readonly scores: ScoreCounts;
  readonly tokens: readonly NeuronTokens[];
  /** Rank of the first of `pearson` and `spearman`. */
  readonly firstRank: number;
  readonly pearson: ArrayLike<number>;
  readonly spearman: ArrayLike<number>;
  /** The heuristic score of each, whose sign is shown. */
  readonly score: ArrayLike<number>;
}

/** Neurons whose tokens are drawn. */
const MOST_NEURONS = 6;

/** Points drawn of a panel of ranks. */
const MOST_RANKS = 2000;

function rankPanel(
  title: string,
  y: ArrayLike<number>,
  { firstRank, score }: AttentionFigureInput,
): View {
  const every = Math.ceil(y.length / MOST_RANKS);
  const signs = ["positive score", "negative score"];
  const values = Array.from({ length: Math.ceil(y.length / every) }, (_, i) => ({
    rank: firstRank + i * every,
    y: y[i * every]!,
    sign: score[i * every]! > 0 ? signs[0]! : signs[1]!,
  }));
  return {
    title: { text: title, anchor: "middle", frame: "group", fontSize: 13, offset: 8 },
    width: 300,
    height: 240,
    view: { stroke: "#8c959f" },
    encoding: {
      x: {
        field: "rank",
        type: "quantitative",
        title: "Rank by |heuristic score|",
        scale: { zero: false, nice: false },
        axis: { grid: false, tickMinStep: 1 },
      },
      y: {
        field: "y",
        type: "quantitative",
        title: "Correlation",
        scale: { domain: [-1, 1], nice: false },
      },
      color: {
        field: "sign",
        type: "nominal",
        scale: { domain: signs, range: [CATEGORIES[0]!, CATEGORIES[1]!] },
        legend: { title: null, symbolOpacity: 1 },
      },
    },
    layer: [{ data: { values }, mark: { type: "point", filled: true, size: 12, opacity: 0.6 } }],
  };
}

function byRank(input: AttentionFigureInput): FigureEntry {
  const { model, path, pearson, spearman } = input;
  const spec: TopLevelSpec = {
    $schema: SCHEMA,
    name: "ablation-by-rank",
    title: { text: `${model}: Activation and Norm Difference, ${path}` },
    description:
      "Correlation, over tokens, of each neuron's activation with what its removal does to " +
      "the norm of the head's output, by the rank of its heuristic score.",
    config: THEME,
    hconcat: [
      rankPanel("Pearson", pearson, input),
      rankPanel("Spearman", spearman, input),
    ] as Panel[],
    spacing: 24,
  };
  const every = Math.ceil(pearson.length / MOST_RANKS);
  const caption = "Positive: the more active the neuron, the more its removal raises |z|, so it " +
    "deactivates the head. Negative: it activates the head. The heuristic expects positive " +
    `correlations of positive scores.${every > 1 ? ` One rank in ${every} is drawn.` : ""}`;
  return { name: "ablation-by-rank", spec, caption };
}

/** Every figure of one run. */
export function attentionFigures(input: AttentionFigureInput): FigureEntry[] {
  return [
    bosScoreFigure(input.model, input.scores),
    ...input.tokens.slice(0, MOST_NEURONS).map((neuron) => tokenScatter(input.model, neuron)),
    byRank(input),
  ];
}
