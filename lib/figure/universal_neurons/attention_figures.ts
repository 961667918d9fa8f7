/**
 * Neurons that turn attention off and on: Gurnee et al. 2024, notebook bos_signal.
 *
 * @module
 */
import { CATEGORIES } from "../palette.ts";
import { type Panel, SCHEMA, type TopLevelSpec, type View } from "../spec_types.ts";
import { THEME } from "../theme.ts";
import type { FigureEntry } from "../write_report.ts";
import { bosScoreFigure, type ScoreCounts } from "./bos_score_figure.ts";

/** One neuron's measures token by token. */
export interface NeuronTokens {
  /** As the original names it: `A8H3L7N0`. */
  readonly name: string;
  readonly activation: ArrayLike<number>;
  readonly bosDiff: ArrayLike<number>;
  readonly normDiff: ArrayLike<number>;
}

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

/** Points drawn of a panel of tokens: a page bears six neurons of three panels. */
const MOST_POINTS = 600;

/** Neurons whose tokens are drawn. */
const MOST_NEURONS = 6;

/** Points drawn of a panel of ranks. */
const MOST_RANKS = 2000;

/** Pearson's r and the best line through all points. */
function fit(xs: ArrayLike<number>, ys: ArrayLike<number>) {
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i]! - x0, ys[i]! - y0];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const slope = xx > 0 ? xy / xx : 0;
  return {
    r: xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0,
    at: (x: number) => y0 + slope * (x - x0),
  };
}

interface ScatterAxis {
  readonly title: string;
  readonly values: ArrayLike<number>;
}

function scatterPanel(x: ScatterAxis, y: ScatterAxis): View {
  const n = x.values.length;
  const every = Math.ceil(n / MOST_POINTS);
  const points = Array.from(
    { length: Math.ceil(n / every) },
    (_, i) => ({ x: x.values[i * every]!, y: y.values[i * every]! }),
  );
  const { r, at } = fit(x.values, y.values);
  const ends = points.reduce(
    ([low, high], point) => [Math.min(low, point.x), Math.max(high, point.x)] as [number, number],
    [Infinity, -Infinity] as [number, number],
  );
  const encoding = (title: string, field: "x" | "y") => ({
    field,
    type: "quantitative" as const,
    title,
    scale: { zero: false, nice: true },
    // A label that stands out above the frame would move the panel's title.
    axis: { tickCount: field === "x" ? 3 : 5, format: "~g", labelFlush: true },
  });
  return {
    title: {
      text: `ρ = ${r.toFixed(2).replace("-", "−")}`,
      anchor: "middle",
      frame: "group",
      fontSize: 13,
      offset: 8,
    },
    width: 210,
    height: 200,
    view: { stroke: "#8c959f" },
    encoding: { x: encoding(x.title, "x"), y: encoding(y.title, "y") },
    layer: [
      {
        data: { values: points },
        mark: { type: "point", filled: true, size: 9, opacity: 0.35, color: CATEGORIES[0]! },
      },
      {
        data: { values: ends.map((place) => ({ x: place, y: at(place) })) },
        mark: { type: "line", color: CATEGORIES[1]!, strokeWidth: 2 },
      },
    ],
  };
}

function tokenScatter(model: string, neuron: NeuronTokens): FigureEntry {
  const activation = { title: "Activation", values: neuron.activation };
  const bos = { title: "Attention to BOS, ablated − clean", values: neuron.bosDiff };
  const norm = { title: "|z|, ablated − clean", values: neuron.normDiff };
  const { r } = fit(neuron.activation, neuron.normDiff);
  const effect = r < 0 ? "Activates" : "Deactivates";
  const name = `tokens-${neuron.name.toLowerCase()}`;
  const spec: TopLevelSpec = {
    $schema: SCHEMA,
    name,
    title: { text: `${model}: ${neuron.name} ${effect} its Head` },
    description:
      "Three scatter plots over tokens, with their best lines: the head's norm against the " +
      "neuron's activation, the norm against the attention to BOS, and that against the activation.",
    config: THEME,
    hconcat: [
      scatterPanel(activation, norm),
      scatterPanel(bos, norm),
      scatterPanel(activation, bos),
    ] as Panel[],
    spacing: 24,
  };
  const total = neuron.activation.length;
  const every = Math.ceil(total / MOST_POINTS);
  const drawn = every === 1 ? `All ${total} tokens` : `One in ${every} of ${total} tokens`;
  const caption =
    `${neuron.name}: what the head does without this neuron in its queries, less what ` +
    `it does with it. ${drawn}; lines and ρ are of all. A neuron whose removal raises |z| deactivates ` +
    "the head.";
  return { name, spec, caption };
}

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
