/**
 * What features of tokens explain: Gurnee et al. 2024, section 4.
 *
 * @module
 */
import { type IntervalRow, intervals } from "../intervals.ts";
import { line, type Series } from "../line.ts";
import type { FigureEntry } from "../write_report.ts";

/** Best reductions of one kind of features, a value a neuron, and what chance gives. */
export interface ExplainCurve {
  /** `"token"`, `"prev_token"`. */
  readonly name: string;
  readonly best: readonly number[];
  /** Empty without a baseline. */
  readonly chance: readonly number[];
}

/** A neuron and the feature that explains it best. */
export interface ExplainedName {
  /** `layer.index`. */
  readonly neuron: string;
  readonly kind: string;
  readonly feature: string;
  readonly family: string;
  readonly reduction: number;
  readonly chance: number;
}

/** The results that the figures are made of. */
export interface ExplainFigureInput {
  /** In titles. */
  readonly model: string;
  readonly curves: readonly ExplainCurve[];
  /** One a neuron; those without an explanation are left out. */
  readonly bests: readonly ExplainedName[];
}

const POINTS = 101;
const SHOWN = 20;
const KIND_TITLES: Readonly<Record<string, string>> = {
  token: "token",
  "prev_token": "previous token",
  "prev_sequence": "sequence at the previous token",
};

function titleOf(kind: string): string {
  return KIND_TITLES[kind] ?? kind.replaceAll("_", " ");
}

/** Share of values above each of 101 thresholds from 0 to 1. */
function shareAbove(name: string, values: readonly number[]): Series {
  const sorted = Float64Array.from(values).sort();
  const x = Array.from({ length: POINTS }, (_, i) => i / (POINTS - 1));
  let below = 0;
  const y = x.map((threshold) => {
    while (below < sorted.length && sorted[below]! <= threshold) below++;
    return 1 - below / sorted.length;
  });
  return { name, x, y };
}

/** Neurons by the family of the feature that explains them best, most first. */
function familyTable(bests: readonly ExplainedName[]) {
  const groups = Map.groupBy(bests, ({ kind, family }) => `${titleOf(kind)}: ${family}`);
  const rows = [...groups].sort(([, a], [, b]) => b.length - a.length).map(([family, own]) => {
    const sorted = own.map(({ reduction }) => reduction).sort((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)]!;
    return [family, own.length, median.toFixed(3), sorted.at(-1)!.toFixed(3)];
  });
  return {
    caption: "Neurons by the family of their best feature",
    columns: ["family", "neurons", "median reduction", "largest"],
    rows,
  };
}

/**
 * Share of neurons whose best feature explains more than each threshold, by kind of feature.
 *
 * @param name of the figure.
 */
export function explainedShare(
  { model, curves, bests }: ExplainFigureInput,
  name = "explained-share",
): FigureEntry {
  const series = curves.flatMap(({ name, best, chance }) => [
    ...(best.length > 0 ? [shareAbove(titleOf(name), best)] : []),
    ...(chance.length > 0 ? [shareAbove(`${titleOf(name)}, by chance`, chance)] : []),
  ]);
  const hasChance = curves.some(({ chance }) => chance.length > 0);
  const caption = "Share of neurons of whose variance the best feature explains more than x." +
    (hasChance
      ? " By chance: the best of as many features when tokens trade places with tokens about as " +
        "frequent."
      : "");
  return {
    name,
    spec: line(series, {
      name,
      title: `${model}: Neurons Explained by One Feature`,
      description: caption,
      xTitle: "Reduction in variance by the best feature",
      yTitle: "Share of neurons above",
    }),
    caption,
    table: familyTable(bests),
  };
}

/** The neurons that one feature explains best, with what chance would explain. */
export function topNeurons({ model, bests }: ExplainFigureInput): FigureEntry {
  const top = bests.toSorted((a, b) => b.reduction - a.reduction).slice(0, SHOWN);
  const rows: IntervalRow[] = top.map(({ neuron, kind, feature, reduction, chance }) => ({
    label: `${neuron} ${feature}${kind === "token" ? "" : ` (${titleOf(kind)})`}`,
    value: Math.max(0, reduction),
    ...(Number.isFinite(chance) ? { reference: Math.max(0, chance) } : {}),
  }));
  const hasChance = rows.some(({ reference }) => reference !== undefined);
  const caption = `The ${top.length} neurons that one yes-or-no feature explains best.` +
    (hasChance ? " Diamonds: the best of as many features by chance." : "");
  return {
    name: "top-neurons",
    spec: intervals([{ xTitle: "Reduction in variance", rows }], {
      name: "top-neurons",
      title: `${model}: Best Explained Neurons`,
      description: caption,
      valueName: "best feature",
      referenceName: "by chance",
    }),
    caption,
    table: {
      caption: "Best explained neurons",
      columns: ["neuron", "feature", "of the", "family", "reduction", "by chance"],
      rows: top.map(({ neuron, kind, feature, family, reduction, chance }) => [
        ...[neuron, feature, titleOf(kind), family, reduction.toFixed(4)],
        Number.isFinite(chance) ? chance.toFixed(4) : "",
      ]),
    },
  };
}

/** Every figure that there are neurons for. */
export function explainFigures(input: ExplainFigureInput): FigureEntry[] {
  const bests = input.bests.filter(({ kind }) => kind !== "");
  if (bests.length === 0) return [];
  // Four kinds with chance would be more lines than can be told apart.
  const isSequence = ({ name }: ExplainCurve) => name.endsWith("sequence");
  const split = Map.groupBy(input.curves, isSequence);
  const shares = [...split].map(([isOfSequences, curves]) => {
    const name = isOfSequences && split.size > 1 ? "explained-share-sequence" : "explained-share";
    return explainedShare({ ...input, curves, bests }, name);
  });
  return [...shares, topNeurons({ ...input, bests })];
}
