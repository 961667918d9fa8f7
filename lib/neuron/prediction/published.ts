/**
 * Prediction neurons of a run beside those that the release lists and prints.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { nameOf, parseNeuron } from "../neurons.ts";
import {
  CODE_NEURONS,
  KURTOSIS_HUNDREDTHS,
  LISTED_MODEL,
  type ListedNeuron,
  MEAN_COUNTS,
} from "./paper_lists.ts";
import { kurtoticNeurons, type ModelMoments, type ScoredNeuron } from "./predict.ts";
import type { ScoredVocabulary } from "./score_neuron.ts";

/** One row of the release's list beside the run. */
export interface JudgedListing extends ListedNeuron {
  /** Place of the listed feature among all by reduction in variance, from 1. */
  readonly rank: number;
  /** Whether the run's flag for the listed feature is the list's. */
  readonly isFlagSame: boolean;
}

/** The list's rows whose neuron and feature were scored. */
export function judgeListed(
  scored: readonly ScoredNeuron[],
  { features }: ScoredVocabulary,
  listed: readonly ListedNeuron[] = CODE_NEURONS,
): JudgedListing[] {
  const byName = new Map(scored.map((one) => [nameOf(one), one]));
  const places = new Map(features.map(({ name }, place) => [name, place]));
  return listed.flatMap((row) => {
    const own = byName.get(row.neuron)?.scores.scores;
    const place = places.get(row.feature);
    if (own === undefined || place === undefined) return [];
    const reduction = own.varianceReduction[place]!;
    const rank = 1 + own.varianceReduction.filter((other) => other > reduction).length;
    const isFlagSame = own.meanDifference[place]! < 0 === row.suppresses;
    return [{ ...row, rank, isFlagSame }];
  });
}

/** Numbers of the comparison, for reports. */
export function listedNumbers(judged: readonly JudgedListing[]) {
  if (judged.length === 0) return [];
  const share = (name: string, is: (row: JudgedListing) => boolean) => ({
    name,
    value: judged.filter(is).length / judged.length,
    format: "percent" as const,
    verdict: "not applicable" as const,
    note: `of ${judged.length} rows of the release's list, set by hand`,
  });
  return [
    share("listed neurons whose best feature is the listed one", ({ rank }) => rank === 1),
    share("listed neurons whose flag of suppression is ours", ({ isFlagSame }) => isFlagSame),
  ];
}

/** The printed numbers of the paper's model beside the run's. */
export function judgePrinted(models: readonly ModelMoments[], border: number) {
  const [first] = models;
  if (first?.model !== LISTED_MODEL || border !== 10) return [];
  const order = kurtoticNeurons(first, border).map(nameOf);
  const hundredths = order.filter((_, i) => i % 100 === 0);
  const same = hundredths.join() === KURTOSIS_HUNDREDTHS.join();
  const list = {
    name: "every 100th neuron of kurtosis above 10 is the printed one",
    value: hundredths.filter((name, i) => name === KURTOSIS_HUNDREDTHS[i]).length,
    paper: KURTOSIS_HUNDREDTHS.length,
    verdict: same ? "pass" as const : "fail" as const,
  };
  if (models.length !== 5) return [list];
  const counts = Object.entries(MEAN_COUNTS).map(([layer, paper]) => {
    const sum = models.reduce(
      (all, model) =>
        all + kurtoticNeurons(model, border).filter((one) => one.layer === Number(layer)).length,
      0,
    );
    const value = sum / models.length;
    const isNear = Math.abs(value - paper) < 0.05;
    return {
      name: `mean number of neurons of kurtosis above 10, layer ${layer}`,
      value,
      paper,
      verdict: isNear ? "pass" as const : "fail" as const,
    };
  });
  return [list, ...counts];
}

/** What a run's summary keeps of the printed numbers, by name. */
export type PrintedNumbers = Readonly<
  Record<string, { readonly value: number; readonly paper: number; readonly verdict: string }>
>;

/**
 * The failure of `--check`, or undefined when the run agrees with what was printed.
 *
 * @returns E-CHECK naming the number, or E-USAGE where nothing was printed.
 */
export function checkPrinted(printed: PrintedNumbers): NeuriteError | undefined {
  const judged = Object.entries(printed);
  if (judged.length === 0) {
    return cannot("E-USAGE", {
      do: "check",
      thing: "prediction neurons",
      is: "a model or a kurtosis that nothing was printed of",
      expected: `${LISTED_MODEL} with --kurt 10`,
      hint: "leave out --check",
    });
  }
  const wrong = judged.find(([, { verdict }]) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: wrong[0],
    is: String(wrong[1].value),
    expected: String(wrong[1].paper),
    hint: "compare the model's revision in run.json with the paper's",
  });
}

/** The listed neurons, to be scored on the paper's model whatever their kurtosis is. */
export function listedNeurons(model: string) {
  if (model !== LISTED_MODEL) return [];
  return [...new Set(CODE_NEURONS.map(({ neuron }) => neuron))].map((name) => parseNeuron(name)!);
}
