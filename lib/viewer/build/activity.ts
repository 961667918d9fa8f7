/**
 * What a corpus, or a part of it, shows of neurons: histogram, tokens, examples.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { SafetensorsFile } from "../../store/format/safetensors.ts";
import type { Example, NeuronInSubset } from "../format.ts";
import {
  activationReader,
  activationsOf,
  type ExampleActivations,
  hasActivations,
} from "./example_activations.ts";
import { type BlockReader, neuronArrays, type OfNeuron } from "./neuron_blocks.ts";
import { ranked, sparseCounts } from "./ranked.ts";
import { shown } from "./shown.ts";

/** Bins of activation histograms; spec/universal_neurons section 1.6. */
const PRE_BINS = 257;

/** Tokens around an example's maximum. */
export interface ExampleWindow {
  readonly before: number;
  readonly after: number;
}

/** How much is shown of each neuron in a part of the corpus. */
export interface ActivityLimits {
  /** Tokens of each ranking. */
  readonly vocab: number;
  readonly examples: number;
  readonly window: ExampleWindow;
}

/** What numbers in the file stand for. */
export interface ActivityMeaning {
  /** L·F. */
  readonly neurons: number;
  /** V. */
  readonly vocabSize: number;
  /** The rows that were read, i32 `[B, T]`; none where they are not to be had. */
  readonly corpus?: HostArray<Int32Array> | undefined;
}

/** Whether a file ranks tokens, rather than having none or all of them. */
export function ranksTokens(file: SafetensorsFile): boolean {
  const names = file.names();
  return names.includes("vocab_max_ix") && names.includes("vocab_mean_ix");
}

/** What the text around examples is taken from. */
export interface ExampleSources {
  readonly corpus: HostArray<Int32Array>;
  readonly limits: ActivityLimits;
  readonly activations?: ExampleActivations | undefined;
}

/** The largest activations with the tokens around them; places without an entry have offset −1. */
export function examplesOf(
  offsets: ArrayLike<number>,
  values: ArrayLike<number>,
  { corpus, limits, activations }: ExampleSources,
): Example[] {
  const [, T] = corpus.shape as [number, number];
  const { before, after } = limits.window;
  const examples: Example[] = [];
  const seen = new Set<number>();
  for (let i = 0; i < offsets.length && examples.length < limits.examples; i++) {
    const [offset, value] = [offsets[i]!, values[i]!];
    // A list that was begun with zeros holds the first token many times.
    const isEntry = offset >= 0 && offset < corpus.data.length && Number.isFinite(value);
    if (!isEntry || seen.has(offset)) continue;
    seen.add(offset);
    const [row, position] = [Math.floor(offset / T), offset % T];
    const first = Math.max(0, position - before);
    const end = Math.min(T, position + after + 1);
    const tokens = [...corpus.data.subarray(row * T + first, row * T + end)];
    const around = { from: first - position, count: end - first };
    const known = activations && activationsOf(activations, i, around);
    examples.push({
      value: shown(value),
      tokens,
      ...(known && { activations: known }),
      at: position - first,
      row,
      position,
    });
  }
  return examples;
}

/**
 * Reads one file of a summary run.
 *
 * @throws {NeuriteError} as {@linkcode neuronArrays}.
 */
export function activityReader(
  file: SafetensorsFile,
  meaning: ActivityMeaning,
  limits: ActivityLimits,
): BlockReader<NeuronInSubset> {
  const { neurons, vocabSize: ids, corpus } = meaning;
  const bins = neuronArrays(file, neurons, { "neuron_bin_counts": PRE_BINS });
  const vocabulary = ranksTokens(file)
    ? neuronArrays(file, neurons, {
      "vocab_max": undefined,
      "vocab_max_ix": undefined,
      "vocab_mean": undefined,
      "vocab_mean_ix": undefined,
    })
    : undefined;
  const largest = corpus && neuronArrays(file, neurons, {
    "max_activating_value": undefined,
    "max_activating_index": undefined,
  });
  const around = corpus && hasActivations(file) ? activationReader(file, neurons) : undefined;
  const all = [bins, vocabulary, largest, around];
  return {
    bytesPerNeuron: all.reduce((sum, arrays) => sum + (arrays?.bytesPerNeuron ?? 0), 0),
    async read(first, count): Promise<OfNeuron<NeuronInSubset>> {
      const { neuron_bin_counts: counts } = await bins.read(first, count);
      const tokens = await vocabulary?.read(first, count);
      const maxima = await largest?.read(first, count);
      const activations = await around?.read(first, count);
      const rank = (name: "vocab_max" | "vocab_mean", place: number) =>
        tokens && ranked(tokens[`${name}_ix`].of(place), tokens[name].of(place), {
          most: limits.vocab,
          ids,
        });
      return (place) => ({
        histogram: sparseCounts(counts.of(place)),
        vocabMax: rank("vocab_max", place),
        vocabMean: rank("vocab_mean", place),
        examples: corpus && maxima && examplesOf(
          maxima.max_activating_index.of(place),
          maxima.max_activating_value.of(place),
          { corpus, limits, activations: activations?.(place) },
        ),
      });
    },
  };
}
