/**
 * The syntax neurons that the release drew: stanford-gpt2-medium-a, 10 M tokens of the Pile's test
 * split, spaCy's en_core_web_trf (spec/universal_neurons.md sections 1.17 and 3.1).
 *
 * @module
 */

/** A neuron of the paper's grid. */
export interface PublishedSyntax {
  readonly neuron: string;
  readonly feature: string;
  readonly reduction: number;
}

const GRID = [
  ["1.3259", "is_spacy_neg", 0.629],
  ["0.715", "is_past_tense", 0.591],
  ["0.1951", "is_spacy_neg", 0.576],
  ["3.2817", "is_inf_verb", 0.51],
  ["13.3304", "is_perf_aspect", 0.495],
  ["4.3623", "is_inf_verb", 0.478],
  ["15.1184", "is_spacy_aux", 0.47],
  ["12.3268", "is_plural", 0.469],
  ["14.164", "is_perf_aspect", 0.452],
  ["14.4012", "is_spacy_neg", 0.425],
  ["8.455", "is_plural", 0.418],
  ["13.1854", "is_spacy_pron", 0.417],
  ["12.3230", "is_spacy_neg", 0.409],
  ["7.1968", "is_perf_aspect", 0.408],
  ["18.2157", "is_spacy_aux", 0.402],
  ["5.983", "is_inf_verb", 0.392],
  ["21.2932", "is_spacy_aux", 0.386],
  ["11.3285", "is_spacy_adv", 0.377],
  ["7.1044", "is_plural", 0.375],
  ["1.2508", "is_plural", 0.37],
  ["17.2608", "is_spacy_neg", 0.369],
  ["12.3791", "is_first_person", 0.369],
  ["15.1030", "is_spacy_auxpass", 0.364],
  ["2.1274", "is_spacy_neg", 0.332],
  ["14.3611", "is_spacy_auxpass", 0.326],
] as const;

/** The grid in the paper's order, of the model that it is of; none of another. */
export function publishedSyntax(model: string): PublishedSyntax[] {
  if (model !== "stanford-gpt2-medium-a") return [];
  return GRID.map(([neuron, feature, reduction]) => ({ neuron, feature, reduction }));
}
