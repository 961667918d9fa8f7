/**
 * BOS neurons: Gurnee et al. 2024, section 5.3; the notebook bos_signal_neurons.
 *
 * @module
 */
import type { ReportNumber, ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";
import { type NeuronTokens, tokenCorrelations, tokenScatter } from "./bos_scatter.ts";
import { bosScoreFigure, type ScoreCounts } from "./bos_score_figure.ts";

/** What the figures are made of. */
export interface BosFigureInput {
  /** In titles. */
  readonly model: string;
  readonly scores: ScoreCounts;
  /** Neurons whose tokens were kept, of any head. */
  readonly kept: readonly NeuronTokens[];
}

/** A neuron beyond every random direction. */
export interface BosRow {
  readonly head: string;
  readonly neuron: string;
  readonly score: number;
  readonly unitScore: number;
  readonly pearson: number;
  readonly spearman: number;
}

/** The kept neuron that activates its head most clearly, and the one that deactivates it. */
function extremes(kept: readonly NeuronTokens[]): (readonly [string, NeuronTokens])[] {
  const sorted = kept.map((neuron) => ({ neuron, r: tokenCorrelations(neuron)[0] }))
    .sort((a, b) => a.r - b.r);
  const [first, last] = [sorted[0], sorted.at(-1)];
  return [
    ...(first && first.r < 0 ? [["bos_signal_activates", first.neuron] as const] : []),
    ...(last && last.r > 0 ? [["bos_signal_deactivates", last.neuron] as const] : []),
  ];
}

/** bos_signal, bos_signal_activates, bos_signal_deactivates. */
export function bosFigures({ model, scores, kept }: BosFigureInput): FigureEntry[] {
  return [
    bosScoreFigure(model, scores, "bos_signal"),
    ...extremes(kept).map(([name, neuron]) => tokenScatter(model, neuron, name)),
  ];
}

/** A row a neuron and head. */
export function bosNeuronTable(found: readonly BosRow[]): ReportTable {
  return {
    caption: "Neurons beyond every random direction",
    columns: ["head", "neuron", "score", "unit_score", "by_weights", "pearson", "spearman"],
    rows: found.map(({ head, neuron, score, unitScore, pearson, spearman }) => [
      ...[head, neuron, score, unitScore, score > 0 ? "deactivates" : "activates"],
      ...[pearson, spearman],
    ]),
  };
}

const PANELS = [
  "|z| and activation",
  "|z| and attention to BOS",
  "attention to BOS and activation",
] as const;

/**
 * Correlations of the drawn neurons' panels.
 *
 * @param shown what the paper's figures show of a neuron, by its name.
 */
export function bosNumbers(
  { kept }: Pick<BosFigureInput, "kept">,
  shown: (neuron: string) => readonly number[] | undefined,
): ReportNumber[] {
  return extremes(kept).flatMap(([, neuron]) =>
    tokenCorrelations(neuron).map((value, i) => {
      const paper = shown(neuron.name)?.[i];
      return {
        name: `${neuron.name}: ρ of ${PANELS[i]}`,
        value,
        ...(paper === undefined ? {} : { paper }),
        verdict: "not applicable" as const,
      };
    })
  );
}
