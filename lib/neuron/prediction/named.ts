/**
 * Neurons named by the feature that they predict, and which of them stand for the others in figures.
 *
 * @module
 */
import { nameOf } from "../neurons.ts";
import type { ScoredNeuron } from "./predict.ts";
import type { ScoredVocabulary } from "./score_neuron.ts";

/** A neuron under the name of its best feature. */
export interface NamedNeuron {
  /** `layer.index`. */
  readonly neuron: string;
  readonly layer: number;
  readonly index: number;
  readonly kurt: number;
  readonly skew: number;
  /** Empty where no feature could be judged. */
  readonly feature: string;
  readonly family: string;
  /** Tokens that the feature holds of. */
  readonly tokens: number;
  readonly varianceReduction: number;
  readonly meanDifference: number;
  readonly welchT: number;
  readonly skewnessReduction: number;
  readonly kurtosisReduction: number;
  readonly suppresses: boolean;
  /** The largest reduction by chance: mean over draws, and the largest of all. */
  readonly chanceMean: number;
  readonly chanceMax: number;
}

/** Names each neuron by its best feature by reduction in variance. */
export function nameNeurons(
  neurons: readonly ScoredNeuron[],
  { features, grouped }: ScoredVocabulary,
): NamedNeuron[] {
  return neurons.map(({ layer, neuron, kurt, skew, scores: { scores, best, ...own } }) => {
    const { length } = own.chance;
    return {
      neuron: nameOf({ layer, neuron }),
      layer,
      index: neuron,
      kurt,
      skew,
      feature: features[best]?.name ?? "",
      family: features[best]?.family ?? "",
      tokens: grouped.held[best] ?? 0,
      varianceReduction: scores.varianceReduction[best] ?? NaN,
      meanDifference: scores.meanDifference[best] ?? NaN,
      welchT: scores.welchT[best] ?? NaN,
      skewnessReduction: scores.skewnessReduction[best] ?? NaN,
      kurtosisReduction: scores.kurtosisReduction[best] ?? NaN,
      suppresses: own.suppresses,
      chanceMean: length === 0 ? NaN : own.chance.reduce((a, b) => a + b, 0) / length,
      chanceMax: length === 0 ? NaN : Math.max(...own.chance),
    };
  });
}

/** Whether the best feature explains more than it did in any permutation; true without a baseline. */
export function isAboveChance({ varianceReduction, chanceMax }: NamedNeuron): boolean {
  return varianceReduction > (Number.isNaN(chanceMax) ? 0 : chanceMax);
}

function byReduction(a: NamedNeuron, b: NamedNeuron): number {
  return b.varianceReduction - a.varianceReduction || a.layer - b.layer || a.index - b.index;
}

/** The neuron of the largest reduction of each feature, largest first. */
export function bestOfFeatures(named: readonly NamedNeuron[]): NamedNeuron[] {
  const judged = named.filter(({ feature }) => feature !== "").sort(byReduction);
  return [...Map.groupBy(judged, ({ feature }) => feature).values()].map(([first]) => first!)
    .filter(isAboveChance);
}

/** The best neuron that pushes its feature's tokens down, or undefined. */
export function bestSuppressor(named: readonly NamedNeuron[]): NamedNeuron | undefined {
  return named.filter((one) => one.suppresses && isAboveChance(one)).sort(byReduction)[0];
}

/** Features of several neurons, those of most first, with their neurons, best first. */
export function duplicateFeatures(
  named: readonly NamedNeuron[],
): { readonly feature: string; readonly neurons: readonly NamedNeuron[] }[] {
  const above = named.filter((one) => one.feature !== "" && isAboveChance(one)).sort(byReduction);
  return [...Map.groupBy(above, ({ feature }) => feature)]
    .map(([feature, neurons]) => ({ feature, neurons }))
    .filter(({ neurons }) => neurons.length > 1)
    .sort((a, b) => b.neurons.length - a.neurons.length);
}
