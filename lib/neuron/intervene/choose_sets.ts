/**
 * Which neurons a run of interventions changes, and by what rule they were taken.
 *
 * @module
 */
import type { ModelConfig } from "../../model/config/config.ts";
import { nameOf, type Neuron, readNeurons } from "../neurons.ts";
import { chooseEntropyNeurons, drawControls } from "./choose_neurons.ts";
import { type NeuronSet, neuronSets } from "./neuron_sets.ts";
import { entropyNeurons } from "./paper_neurons.ts";
import type { NeuronTraits } from "./weight_traits.ts";

/** What a command asks. */
export interface AskedSets {
  /** The model's alias, for the paper's lists. */
  readonly model: string;
  readonly config: ModelConfig;
  /** Names `layer.index`; chosen by the paper's list or by filters when there are none. */
  readonly neurons: readonly string[];
  readonly joint: boolean;
  /** How many are chosen by filters. */
  readonly chosen: number;
  /** How many are drawn to compare with; the paper's list for its models, else 20, when absent. */
  readonly controls?: number | undefined;
  readonly seed: number;
  /** Weights of the last layers, asked for only where a rule needs them. */
  readonly traits: () => Promise<readonly NeuronTraits[]>;
}

/** The sets, chosen ones first. */
export interface ChosenSets {
  readonly sets: readonly NeuronSet[];
  /** How the chosen ones were taken, and the controls, in words. */
  readonly rule: string;
  /** Weights of the chosen neurons, where they were asked for, by name. */
  readonly traits: ReadonlyMap<string, NeuronTraits>;
  /** Medians over the last layers, where they were asked for. */
  readonly median: { readonly l2: number; readonly vocabVar: number } | undefined;
}

/** Neurons drawn to compare with when nobody says how many; as many as the paper's. */
export const DEFAULT_CONTROLS = 20;

/**
 * Decides the sets of a run.
 *
 * @throws {NeuriteError} E-USAGE for names that are no neurons of the model, where none passes the
 * filters, and for more controls than there are.
 */
export async function chooseSets(asked: AskedSets): Promise<ChosenSets> {
  const { model, config, joint, seed } = asked;
  const paper = asked.neurons.length === 0 ? entropyNeurons(model) : undefined;
  const hasPaperControls = paper !== undefined && asked.controls === undefined;
  const count = asked.controls ?? DEFAULT_CONTROLS;
  const isFound = asked.neurons.length === 0 && paper === undefined;
  const isDrawn = !hasPaperControls && count > 0;
  const traits = isFound || isDrawn ? await asked.traits() : undefined;
  const given = readNeurons(paper?.chosen ?? asked.neurons, config, "--neurons");
  const chosen: Neuron[] = isFound ? chooseEntropyNeurons(traits!, asked.chosen) : given;
  const controls = hasPaperControls
    ? readNeurons(paper.controls, config, "--controls")
    : isDrawn
    ? drawControls(traits!, { count, seed, chosen })
    : [];
  const names = new Set(chosen.map(nameOf));
  const known = traits?.filter((one) => names.has(nameOf(one))) ?? [];
  return {
    sets: [
      ...neuronSets(chosen, { role: "chosen", joint }),
      ...neuronSets(controls, { role: "control", joint: false }),
    ],
    rule: [
      isFound
        ? "chosen: smallest vocab_var / l2_penalty of the last two layers, kurtosis at most 10"
        : paper
        ? "chosen: the paper's"
        : "chosen: as asked",
      hasPaperControls
        ? "controls: the paper's"
        : isDrawn
        ? "controls: drawn from the last two layers, l2_penalty at most the 90th percentile, " +
          "vocab_var at least the 10th"
        : "no controls",
    ].join("; "),
    traits: new Map(known.map((one) => [nameOf(one), one])),
    median: traits && {
      l2: median(traits.map(({ l2 }) => l2)),
      vocabVar: median(traits.map(({ vocabVar }) => vocabVar)),
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}
