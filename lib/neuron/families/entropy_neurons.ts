/**
 * Entropy neurons of a neuron table by the paper's filters (spec/universal_neurons.md section 1.12).
 *
 * @module
 */
import { quantile } from "../quantile.ts";

/** What a neuron must be to count. */
export interface EntropyFilter {
  readonly firstLayer: number;
  /** Least `l2_penalty`. */
  readonly l2: number;
  /** Most variance of its cosines with the vocabulary. */
  readonly vocabVar: number;
  /** Most kurtosis of them. */
  readonly vocabKurt: number;
  /** Most kurtosis of its activations. */
  readonly kurt: number;
}

/** The columns of a neuron table that the filter reads. */
export interface EntropyColumns {
  readonly layer: ArrayLike<number>;
  readonly neuron: ArrayLike<number>;
  readonly l2: ArrayLike<number>;
  readonly vocabVar: ArrayLike<number>;
  readonly vocabKurt: ArrayLike<number>;
  /** Where the table has it. */
  readonly kurt?: ArrayLike<number> | undefined;
}

/** A neuron that passes, with what it passed by. */
export interface EntropyCandidate {
  /** `layer.index`. */
  readonly neuron: string;
  readonly l2: number;
  readonly vocabVar: number;
  readonly vocabKurt: number;
  /** NaN where the table has none. */
  readonly kurt: number;
}

/** The release's filters, set by hand for each model. */
const PAPER_FILTERS: Readonly<Record<string, EntropyFilter>> = {
  "stanford-gpt2-small-a": { firstLayer: 10, l2: 3, vocabVar: Infinity, vocabKurt: 10, kurt: 10 },
  "stanford-gpt2-medium-a": { firstLayer: 22, l2: 1, vocabVar: 0.001, vocabKurt: 8, kurt: 10 },
  "pythia-160m": { firstLayer: 10, l2: 2, vocabVar: 0.001, vocabKurt: 7, kurt: Infinity },
};

/** Where the release's figures of `l2_penalty` end. */
const PAPER_CLIPS: Readonly<Record<string, number>> = {
  "stanford-gpt2-small-a": 9,
  "stanford-gpt2-medium-a": 5,
};

/** The end of the axis of `l2_penalty` in the release's figure of a model, or undefined. */
export function paperClip(model: string): number | undefined {
  return Object.hasOwn(PAPER_CLIPS, model) ? PAPER_CLIPS[model] : undefined;
}

const OTHERS_KURTOSIS = 10;

/**
 * The filter of a model: the release's for its models; for others, of the last two layers, both
 * kurtoses at most 10, and `l2_penalty` above the 90th percentile with `vocab_var` below the 10th, which
 * is what the release's rule for random neurons keeps away from.
 */
export function entropyFilter(model: string, columns: EntropyColumns): EntropyFilter {
  if (Object.hasOwn(PAPER_FILTERS, model)) return PAPER_FILTERS[model]!;
  const layers = Array.from(columns.layer);
  const firstLayer = Math.max(0, layers.reduce((most, layer) => Math.max(most, layer), 0) - 1);
  const late = (values: ArrayLike<number>) =>
    Array.from(values).filter((value, i) => layers[i]! >= firstLayer && Number.isFinite(value));
  return {
    firstLayer,
    l2: quantile(late(columns.l2), 0.9),
    vocabVar: quantile(late(columns.vocabVar), 0.1),
    vocabKurt: OTHERS_KURTOSIS,
    kurt: OTHERS_KURTOSIS,
  };
}

/** The filter in words, for notes. */
export function filterText({ firstLayer, l2, vocabVar, vocabKurt, kurt }: EntropyFilter): string {
  const bound = (name: string, value: number) =>
    Number.isFinite(value) ? [`${name} at most ${Number(value.toPrecision(3))}`] : [];
  return [
    `layer ${firstLayer} or above`,
    `l2_penalty at least ${Number(l2.toPrecision(3))}`,
    ...bound("vocab_var", vocabVar),
    ...bound("vocab_kurt", vocabKurt),
    ...bound("kurt", kurt),
  ].join(", ");
}

/** The neurons that pass, smallest `vocab_var` first, as the release sorts them. */
export function entropyCandidates(
  columns: EntropyColumns,
  filter: EntropyFilter,
): EntropyCandidate[] {
  const { layer, neuron, kurt } = columns;
  return Array.from({ length: layer.length }, (_, i) => i)
    .filter((i) =>
      layer[i]! >= filter.firstLayer && columns.l2[i]! >= filter.l2 &&
      columns.vocabVar[i]! <= filter.vocabVar && columns.vocabKurt[i]! <= filter.vocabKurt &&
      (kurt === undefined || kurt[i]! <= filter.kurt)
    )
    .map((i) => ({
      neuron: `${layer[i]}.${neuron[i]}`,
      l2: columns.l2[i]!,
      vocabVar: columns.vocabVar[i]!,
      vocabKurt: columns.vocabKurt[i]!,
      kurt: kurt?.[i] ?? NaN,
    }))
    .sort((a, b) => a.vocabVar - b.vocabVar || (a.neuron < b.neuron ? -1 : 1));
}
