/**
 * The whole of the prediction experiment over weights: moments of all models, scores of the first.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { Activations } from "../cached/open_activations.ts";
import { nameOf, type Neuron, readNeurons } from "../neurons.ts";
import { tokenNorms } from "../vocabulary/norms.ts";
import { type NamedNeuron, nameNeurons } from "./named.ts";
import { duplicatePanels, effectPanels } from "./panels.ts";
import {
  effectsByName,
  type EffectUnit,
  kurtoticNeurons,
  type ModelMoments,
  type OpenModel,
  type ScoredNeuron,
  scoreNeurons,
  vocabularyMoments,
  withWeights,
} from "./predict.ts";
import { listedNeurons } from "./published.ts";
import { type ScoredVocabulary, scoredVocabulary } from "./score_neuron.ts";
import { type PredictionModels, readFeatures } from "./setup.ts";
import { chooseShown, shownNeurons } from "./shown.ts";

/** What is asked of the first model. */
export interface AskedScores {
  /** By name; those of large kurtosis when empty. */
  readonly neurons: readonly string[];
  readonly kurt: number;
  readonly effect: EffectUnit;
  readonly minTokens: number;
  readonly draws: number;
  readonly seed: number;
  readonly smallNorm: number;
  readonly topics?: string | undefined;
  readonly memory?: number | undefined;
}

/** What the work may be told beside that. */
export interface ComputeOptions {
  readonly activations?: Activations | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Layers of moments and neurons of scores done, and in all as far as known. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** All results. */
export interface PredictionResult {
  readonly moments: readonly ModelMoments[];
  readonly vocabulary: ScoredVocabulary;
  readonly scored: readonly ScoredNeuron[];
  readonly named: readonly NamedNeuron[];
  /** What the figures of neurons show. */
  readonly panels: {
    readonly chosenBy: "paper" | "scores";
    readonly main: ReturnType<typeof effectPanels>;
    readonly appendix: ReturnType<typeof effectPanels>;
    readonly suppression: ReturnType<typeof effectPanels>;
    readonly duplicates: Awaited<ReturnType<typeof duplicatePanels>>;
  };
}

/** Each neuron once, in order of layer and index. */
function united(lists: readonly (readonly Neuron[])[]): Neuron[] {
  const all = new Map(lists.flat().map((neuron) => [nameOf(neuron), neuron]));
  return [...all.values()].sort((a, b) => a.layer - b.layer || a.neuron - b.neuron);
}

/**
 * Computes everything, model after model; of each W_U and one layer's weights are held.
 *
 * @throws {NeuriteError} E-USAGE for neurons that the model has not; those of its files.
 */
export async function computePrediction(
  device: Device,
  { models, labels }: PredictionModels,
  asked: AskedScores,
  { activations, signal, onProgress = () => {} }: ComputeOptions = {},
): Promise<PredictionResult> {
  const found = models[0]!;
  const own = readNeurons(asked.neurons, found.config, "--neurons");
  const limits = { memory: asked.memory, signal };
  let [done, total] = [0, models.reduce((sum, { config }) => sum + config.nLayer, 0)];
  const step = () => onProgress(++done, total);
  const scoreFirst = async (model: OpenModel) => {
    const moments = await vocabularyMoments(model, step);
    const norms = await tokenNorms(model.folded);
    const { strings, features } = await readFeatures(found, norms, {
      topics: asked.topics,
      smallBelow: asked.smallNorm,
    });
    const vocabulary = scoredVocabulary(strings, features, asked);
    const neurons = own.length > 0
      ? own
      : united([kurtoticNeurons(moments, asked.kurt), listedNeurons(labels[0]!)]);
    total += neurons.length;
    const effects = { unit: asked.effect, lengths: norms.unembed };
    const request = { neurons, vocabulary, moments, ...effects, onNeuron: step };
    const scored = await scoreNeurons(model, request);
    const named = nameNeurons(scored, vocabulary);
    const shown = chooseShown(labels[0]!, named);
    const source = {
      vocabulary,
      effects: await effectsByName(model, shownNeurons(shown), effects),
      named,
      activations,
    };
    const panels = {
      chosenBy: shown.chosenBy,
      main: effectPanels(source, shown.main),
      appendix: effectPanels(source, shown.appendix),
      suppression: effectPanels(source, shown.suppression),
      duplicates: await duplicatePanels(source, shown.duplicates),
    };
    return { moments, vocabulary, scored, named, panels };
  };
  const result = await withWeights(device, { ...found, label: labels[0]! }, limits, scoreFirst);
  const others: ModelMoments[] = [];
  for (const [i, model] of models.entries()) {
    if (i === 0) continue;
    others.push(
      await withWeights(
        device,
        { ...model, label: labels[i]! },
        limits,
        (open) => vocabularyMoments(open, step),
      ),
    );
  }
  return { ...result, moments: [result.moments, ...others] };
}
