/**
 * Yes-or-no features of single tokens.
 *
 * @module
 */
import { RULES, tokenText } from "./rules.ts";

/** One yes-or-no feature of every token id. */
export interface TokenFeature {
  /** The release's name of the column. */
  readonly name: string;
  /** Which part of the features it belongs to: a rule's family, `norm`, `unigram` or `topic`. */
  readonly family: string;
  /** `[V]`: 1 where it holds of a token. Of an id without a token nothing holds. */
  readonly holds: Uint8Array;
}

/**
 * The 207 rule features of a vocabulary, in the release's order.
 *
 * @param strings `[V]`, each token decoded; empty where an id has none.
 *
 * @example Usage
 * ```ts
 * import { ruleFeatures } from "neurite/lib/neuron/vocabulary/features.ts";
 *
 * const features = ruleFeatures([" the", "1732", ")."]);
 * const year = features.find(({ name }) => name === "is_year")!;
 * if (features.length !== 207 || year.holds.join() !== "0,1,0") throw new Error("unreachable");
 * ```
 */
export function ruleFeatures(strings: readonly string[]): TokenFeature[] {
  const features = RULES.map(({ name, family }) => ({
    name,
    family,
    holds: new Uint8Array(strings.length),
  }));
  strings.forEach((string, id) => {
    if (string === "") return;
    const text = tokenText(string);
    RULES.forEach((rule, i) => {
      if (rule.holds(text)) features[i]!.holds[id] = 1;
    });
  });
  return features;
}

/** Those features that hold of some token; the release drops the others. */
export function withoutEmpty(features: readonly TokenFeature[]): TokenFeature[] {
  return features.filter(({ holds }) => holds.includes(1));
}

/** How often each token id occurs, `[V]`. */
export function tokenCounts(tokens: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (const id of tokens) counts[id]!++;
  return counts;
}
