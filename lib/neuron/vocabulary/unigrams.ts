import type { TokenFeature } from "./features.ts";
import { strip } from "./python_text.ts";

/** What makes a unigram, as the release has it on 10 M tokens. */
export const UNIGRAM_COUNT = 3000;
/** The size of the corpus that the count is of. */
const COUNTED_TOKENS = 10_000_000;
/** Below this a mean over a form's occurrences says little. */
const LEAST_COUNT = 20;
/** Least ids that share a form: " the", "the", " The", "The". */
const LEAST_IDS = 4;

/**
 * The count of occurrences that a form must exceed in a corpus of this many tokens: 3,000 from
 * 10 M tokens on, as the release, in proportion below, and never under 20.
 */
export function unigramCount(tokens: number): number {
  const inProportion = Math.round(UNIGRAM_COUNT * tokens / COUNTED_TOKENS);
  return Math.min(UNIGRAM_COUNT, Math.max(LEAST_COUNT, inProportion));
}

/**
 * One feature `{form}_unigram` for each form (a token in lower case without outer space) that at least
 * four ids share and that occurs more than `least` times; the most frequent first. Those of single
 * letters are the alphabet of the paper's alphabet neurons.
 *
 * @param strings `[V]`, each token decoded.
 * @param counts `[V]`, how often each id occurs in the corpus.
 *
 * @example Usage
 * ```ts
 * import { unigramFeatures } from "neurite/lib/neuron/vocabulary/unigrams.ts";
 *
 * const strings = [" the", "the", " The", "The", " of"];
 * const counts = Int32Array.of(5, 1, 2, 1, 90);
 * const features = unigramFeatures(strings, counts, { least: 8 });
 * if (features.map(({ name }) => name).join() !== "the_unigram") throw new Error("unreachable");
 * ```
 */
export function unigramFeatures(
  strings: readonly string[],
  counts: ArrayLike<number>,
  { least }: { readonly least: number },
): TokenFeature[] {
  const forms = new Map<string, { ids: number[]; count: number }>();
  strings.forEach((string, id) => {
    if (string === "") return;
    const form = strip(string.toLowerCase());
    const known = forms.get(form) ?? { ids: [], count: 0 };
    known.ids.push(id);
    known.count += counts[id]!;
    forms.set(form, known);
  });
  return [...forms]
    .filter(([, { ids, count }]) => ids.length >= LEAST_IDS && count > least)
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([form, { ids }]) => {
      const holds = new Uint8Array(strings.length);
      for (const id of ids) holds[id] = 1;
      return { name: `${form}_unigram`, family: "unigram", holds };
    });
}
