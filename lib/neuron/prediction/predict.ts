/**
 * Prediction neurons of models: vocabulary moments of every neuron, scores of the chosen ones.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { openCheckpoint } from "../../model/checkpoint/checkpoint.ts";
import { openWeights } from "../../model/checkpoint/weights.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { type FoldedWeights, foldWeights } from "../../model/folding.ts";
import { nameOf, type Neuron } from "../neurons.ts";
import { type NeuronScores, type ScoredVocabulary, scoreNeuron } from "./score_neuron.ts";
import { Unembedding } from "./unembedding.ts";

/** Vocabulary moments of all neurons of a model, f32 `[L·F]` each. */
export interface ModelMoments {
  /** In tables and titles. */
  readonly model: string;
  readonly layers: number;
  /** F. */
  readonly width: number;
  readonly kurt: Float32Array;
  readonly skew: Float32Array;
}

/** A scored neuron. */
export interface ScoredNeuron extends Neuron {
  readonly kurt: number;
  readonly skew: number;
  readonly scores: NeuronScores;
}

/** A model whose weights are open. */
export interface OpenModel {
  readonly label: string;
  readonly config: ModelConfig;
  readonly folded: FoldedWeights;
  readonly unembedding: Unembedding;
}

/** How effects are measured. */
export const EFFECTS = ["logit", "cosine"] as const;
/** A member of {@linkcode EFFECTS}. */
export type EffectUnit = typeof EFFECTS[number];

/**
 * Opens a model's weights for the time of `use`.
 *
 * @throws {NeuriteError} those of its files; E-DEVICE-MEMORY.
 */
export async function withWeights<R>(
  device: Device,
  { label, directory, config }: { label: string; directory: string; config: ModelConfig },
  options: { readonly memory?: number | undefined; readonly signal?: AbortSignal | undefined },
  use: (model: OpenModel) => Promise<R>,
): Promise<R> {
  await using checkpoint = await openCheckpoint(directory);
  const folded = foldWeights(openWeights(checkpoint, config));
  using unembedding = await Unembedding.open(device, { folded, config }, options);
  return await use({ label, config, folded, unembedding });
}

/** Vocabulary moments of every neuron, layer by layer. */
export async function vocabularyMoments(
  { label, config: { nLayer, dMlp }, unembedding }: OpenModel,
  onLayer: () => void = () => {},
): Promise<ModelMoments> {
  const kurt = new Float32Array(nLayer * dMlp);
  const skew = new Float32Array(nLayer * dMlp);
  for (let layer = 0; layer < nLayer; layer++) {
    const found = await unembedding.moments(layer);
    kurt.set(found.kurt, layer * dMlp);
    skew.set(found.skew, layer * dMlp);
    onLayer();
  }
  return { model: label, layers: nLayer, width: dMlp, kurt, skew };
}

/** The neurons whose vocabulary kurtosis is above a border, in order of layer and index. */
export function kurtoticNeurons({ kurt, width }: ModelMoments, border: number): Neuron[] {
  return [...kurt.keys()].filter((i) => kurt[i]! > border)
    .map((i) => ({ layer: Math.floor(i / width), neuron: i % width }));
}

/** The effect of each neuron on every token, f32 `[V]`, in order of layers. */
export async function* neuronEffects(
  { unembedding }: OpenModel,
  neurons: readonly Neuron[],
  { unit, lengths }: { readonly unit: EffectUnit; readonly lengths: Float64Array },
): AsyncGenerator<{ readonly neuron: Neuron; readonly effect: Float32Array }> {
  const layers = Map.groupBy(neurons, ({ layer }) => layer);
  for (const [layer, own] of [...layers].sort(([a], [b]) => a - b)) {
    const places = own.map(({ neuron }) => neuron);
    for await (const { neuron, cosines, norm } of unembedding.effects(layer, places)) {
      if (unit === "logit") {
        for (let v = 0; v < cosines.length; v++) cosines[v]! *= norm * lengths[v]!;
      }
      yield { neuron: { layer, neuron }, effect: cosines };
    }
  }
}

/** What {@linkcode scoreNeurons} needs. */
export interface ScoreRequest {
  readonly neurons: readonly Neuron[];
  readonly vocabulary: ScoredVocabulary;
  readonly moments: ModelMoments;
  readonly unit: EffectUnit;
  /** `‖W_U[:, v]‖`, `[V]`. */
  readonly lengths: Float64Array;
  readonly onNeuron?: () => void;
}

/** Scores neurons one after the other, in order of layers. */
export async function scoreNeurons(
  model: OpenModel,
  { neurons, vocabulary, moments, onNeuron = () => {}, ...effects }: ScoreRequest,
): Promise<ScoredNeuron[]> {
  const scored: ScoredNeuron[] = [];
  for await (const { neuron, effect } of neuronEffects(model, neurons, effects)) {
    const at = neuron.layer * moments.width + neuron.neuron;
    scored.push({
      ...neuron,
      kurt: moments.kurt[at]!,
      skew: moments.skew[at]!,
      scores: scoreNeuron(effect, vocabulary),
    });
    onNeuron();
  }
  return scored;
}

/** Effects of a few neurons by name. */
export async function effectsByName(
  model: OpenModel,
  neurons: readonly Neuron[],
  request: { readonly unit: EffectUnit; readonly lengths: Float64Array },
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for await (const { neuron, effect } of neuronEffects(model, neurons, request)) {
    found.set(nameOf(neuron), effect);
  }
  return found;
}
