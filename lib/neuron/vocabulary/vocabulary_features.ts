/**
 * All features of single tokens over one corpus, in the release's order: unigrams, rules, topics.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { ruleFeatures, type TokenFeature, withoutEmpty } from "./features.ts";
import { smallNorm, type TokenNorms } from "./norms.ts";
import { integralValue, tokenText } from "./rules.ts";
import { unigramFeatures } from "./unigrams.ts";

/** A model's tokens in a corpus. */
export interface Vocabulary {
  /** `[V]`, each token decoded; empty where an id has none. */
  readonly strings: readonly string[];
  /** `[V]`, how often each occurs. */
  readonly counts: Int32Array;
  readonly norms: TokenNorms;
}

/** Settings of {@linkcode vocabularyFeatures}. */
export interface VocabularyOptions {
  /** Occurrences that a unigram's form must exceed. */
  readonly unigramCount: number;
  /** Length below which an embedding is small. */
  readonly smallNorm: number;
  /** Topics, as `readTopics` gives them. */
  readonly topics?: readonly TokenFeature[] | undefined;
  /** Keep features that hold of no token; the release drops them. @default {false} */
  readonly keepEmpty?: boolean | undefined;
}

/** Columns of the vocabulary's table that are no features. */
const OWN_COLUMNS = [
  ...["token", "token_string", "count", "token_prob", "embed_norm", "unembed_norm"],
  "integral_value",
];

/**
 * Refuses topics that are named as other features or columns of the vocabulary are.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT naming the first.
 */
export function checkTopics(topics: readonly TokenFeature[], own: readonly TokenFeature[]): void {
  const taken = new Set([...OWN_COLUMNS, "neuron", ...own.map(({ name }) => name)]);
  const twice = topics.find(({ name }) => taken.has(name));
  if (twice === undefined) return;
  throw cannot("E-FILE-CORRUPT", {
    do: "take topic",
    thing: twice.name,
    is: `named as a column of the vocabulary is, ${quote(twice.name)}`,
    expected: "a name of its own",
    hint: "rename the column in the file of --topics",
  });
}

/**
 * The yes-or-no features of a vocabulary: unigrams of the corpus, the 207 rules, `small_norm`, topics.
 *
 * @throws {NeuriteError} as {@linkcode checkTopics}.
 */
export function vocabularyFeatures(
  { strings, counts, norms }: Vocabulary,
  { unigramCount, smallNorm: below, topics = [], keepEmpty = false }: VocabularyOptions,
): TokenFeature[] {
  const own = [
    ...unigramFeatures(strings, counts, { least: unigramCount }),
    ...ruleFeatures(strings),
    smallNorm(norms, strings, below),
  ];
  checkTopics(topics, own);
  const all = [...own, ...topics];
  return keepEmpty ? all : withoutEmpty(all);
}

/**
 * The vocabulary as a table, one row a token: id, text, occurrences, `token_prob` = (count + 1) / Σ,
 * lengths, `integral_value`, and every feature.
 */
export function vocabularyColumns(
  { strings, counts, norms }: Vocabulary,
  features: readonly TokenFeature[],
): TableColumn[] {
  const ids = Int32Array.from(strings.keys()).filter((id) => strings[id] !== "");
  const total = ids.reduce((sum, id) => sum + counts[id]! + 1, 0);
  const numbers = (of: (id: number) => number) => Float64Array.from(ids, of);
  return [
    { name: "token", type: "int32", values: ids },
    { name: "token_string", type: "string", values: Array.from(ids, (id) => strings[id]!) },
    { name: "count", type: "int32", values: ids.map((id) => counts[id]!) },
    { name: "token_prob", type: "float64", values: numbers((id) => (counts[id]! + 1) / total) },
    { name: "embed_norm", type: "float64", values: numbers((id) => norms.embed[id]!) },
    { name: "unembed_norm", type: "float64", values: numbers((id) => norms.unembed[id]!) },
    {
      name: "integral_value",
      type: "float64",
      values: numbers((id) => integralValue(tokenText(strings[id]!))),
    },
    ...features.map(({ name, holds }): TableColumn => ({
      name,
      type: "boolean",
      values: Array.from(ids, (id) => holds[id] === 1),
    })),
  ];
}
