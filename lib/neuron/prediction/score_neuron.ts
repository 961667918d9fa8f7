/**
 * How well features of tokens tell apart what a neuron does to their logits, and which does best.
 *
 * @module
 */
import { RandomStream } from "../../random.ts";
import { featureSums, GroupSums, shiftOf } from "../explain/group_sums.ts";
import type { GroupedFeatures } from "../labels/group_features.ts";
import type { Draw } from "../explain/permutation.ts";
import { type SeparationScores, separationScores, valueFeatures } from "../explain/separation.ts";
import { bestOf, varianceReductions } from "../explain/variance_reduction.ts";
import type { TokenFeature } from "../vocabulary/features.ts";

/** Tokens that are scored, and the features that they are split by. */
export interface ScoredVocabulary {
  /** `[G]`, the ids that a token has; padding of W_U has none and is not scored. */
  readonly ids: Int32Array;
  /** Features of enough of these, and of not all of them. */
  readonly features: readonly TokenFeature[];
  readonly grouped: GroupedFeatures;
  readonly draws: readonly Draw[];
}

/** Settings of {@linkcode scoredVocabulary}. */
export interface VocabularyChoice {
  /** Tokens that a feature must hold of, and leave out, to be judged. */
  readonly minTokens: number;
  /** Permutations of the baseline. */
  readonly draws: number;
  readonly seed: number;
}

/** One neuron's scores. */
export interface NeuronScores {
  /** `[F]` of each score. */
  readonly scores: SeparationScores;
  /** Place of the feature of the largest reduction in variance; −1 where there is none. */
  readonly best: number;
  /**
   * Whether the mean of the best feature's tokens is below that of the others: the neuron pushes them
   * down. The release sets the flag by eye.
   */
  readonly suppresses: boolean;
  /** The largest reduction when values trade tokens, `[draws]`. */
  readonly chance: Float64Array;
}

/**
 * Prepares features for {@linkcode scoreNeuron}.
 *
 * @param strings `[V]`, each token decoded; empty where an id has none.
 */
export function scoredVocabulary(
  strings: readonly string[],
  features: readonly TokenFeature[],
  { minTokens, draws, seed }: VocabularyChoice,
): ScoredVocabulary {
  const ids = Int32Array.from(strings.keys()).filter((id) => strings[id] !== "");
  const own = features.map((feature) => ({
    ...feature,
    holds: Uint8Array.from(ids, (id) => feature.holds[id] ?? 0),
  })).filter(({ holds }) => {
    const held = holds.reduce((sum, one) => sum + one, 0);
    return held >= minTokens && ids.length - held >= minTokens;
  });
  const grouped = valueFeatures(ids.length, own);
  const shuffles = Array.from({ length: draws }, (_, draw) => ({
    order: shuffled(ids.length, new RandomStream(seed, `prediction/${draw}`)),
    held: grouped.held,
  }));
  return { ids, features: own, grouped, draws: shuffles };
}

/** 0 to `count` − 1 in random order. */
function shuffled(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * Scores of every feature for one neuron. Sums of values, squares, cubes and fourth powers are taken
 * over kinds of tokens (those of which the same features hold) once, so that a feature costs what kinds
 * it has, not the vocabulary again.
 *
 * @param effect `[V]`, by token id.
 *
 * @example Usage
 * ```ts
 * import { scoredVocabulary, scoreNeuron } from "neurite/lib/neuron/prediction/score_neuron.ts";
 *
 * const strings = ["1899", "1999", " the", " of", " an", ""];
 * const years = { name: "is_year", family: "numeric", holds: Uint8Array.of(1, 1, 0, 0, 0, 0) };
 * const vocabulary = scoredVocabulary(strings, [years], { minTokens: 2, draws: 0, seed: 0 });
 * const { best, suppresses, scores } = scoreNeuron([-3, -3.5, 0.1, 0, 0.2, 99], vocabulary);
 * if (best !== 0 || !suppresses || scores.varianceReduction[0]! < 0.9) throw new Error("unreachable");
 * ```
 */
export function scoreNeuron(
  effect: ArrayLike<number>,
  { ids, grouped, draws }: ScoredVocabulary,
): NeuronScores {
  const values = Float64Array.from(ids, (id) => effect[id]!);
  const scores = separationScores(values, grouped);
  const best = bestOf(scores.varianceReduction);
  return {
    scores,
    best,
    suppresses: best >= 0 && scores.meanDifference[best]! < 0,
    chance: chanceOf(values, grouped, draws),
  };
}

function chanceOf(
  values: Float64Array,
  grouped: GroupedFeatures,
  draws: readonly Draw[],
): Float64Array {
  if (draws.length === 0) return new Float64Array(0);
  const sums = new GroupSums(grouped.groups, 2);
  sums.add(values, grouped.codes, shiftOf(values));
  const [sum, squares] = sums.totals() as unknown as [number, number];
  const totals = { count: values.length, sum, squares };
  return Float64Array.from(draws, ({ order, held }) => {
    const own = { held, sums: featureSums(grouped, sums, { order }) };
    const all = varianceReductions(own, totals, { ddof: 0 });
    const best = bestOf(all);
    return best < 0 ? NaN : all[best]!;
  });
}
