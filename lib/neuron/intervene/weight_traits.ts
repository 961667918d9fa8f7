/**
 * What neurons of the last layers are chosen by: numbers of their weights, computed or of finished runs.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import type { InputFile } from "../../store/run/run_record.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import { vocabularyColumns } from "../weights/columns.ts";
import { DeviceColumns } from "../weights/device_columns.ts";
import { neuronRows } from "../weights/neuron_vectors.ts";
import { products } from "../weights/similarities.ts";
import { rowsTimes } from "../weights/unit_rows.ts";
import { modelFingerprint, neuronColumns } from "../source_columns.ts";
import { RowSummary } from "../row_summary.ts";
import { nameOf, type Neuron } from "../neurons.ts";

/** What neurons are chosen by. */
export interface NeuronTraits extends Neuron {
  /** `w_in_norm² + w_out_norm²`. */
  readonly l2: number;
  /** Variance over the vocabulary of `cos(W_U, w_out)`. */
  readonly vocabVar: number;
  /** Its kurtosis, 3 for a Gaussian. */
  readonly vocabKurt: number;
  /** Kurtosis of the pre-activations over tokens, where a summary run tells. */
  readonly kurt?: number | undefined;
}

/** Layers that entropy neurons are looked for in. */
export function lastLayers({ nLayer }: Pick<ModelConfig, "nLayer">): number[] {
  return [nLayer - 2, nLayer - 1].filter((layer) => layer >= 0);
}

/** Products of a tile: 32 MiB of float32. */
const TILE_ELEMENTS = 2 ** 23;

/**
 * The traits of the neurons in the last two layers, computed from folded and centred weights as
 * `un:weights` does, without the rest of what that computes.
 *
 * @throws {NeuriteError} `E-CHECKPOINT` for weights that are not finite.
 */
export async function weightTraits(
  device: Device,
  folded: FoldedWeights,
  config: ModelConfig,
  signal?: AbortSignal,
): Promise<NeuronTraits[]> {
  const { dMlp: F, vocabSize: V, dModel: D } = config;
  const tile = Math.max(1, Math.min(V, Math.floor(TILE_ELEMENTS / Math.max(F, D))));
  const source = vocabularyColumns(folded, "unembed.W_U", tile);
  using columns = await DeviceColumns.open(device, source, { budget: 4 * V * D, signal });
  const traits: NeuronTraits[] = [];
  for (const layer of lastLayers(config)) {
    const read = await neuronRows(folded, layer, "in");
    const write = await neuronRows(folded, layer, "out");
    const mean = rowsTimes(write.units, columns.sum).map((sum) => sum / V);
    const summary = new RowSummary({ mean, columns: V, top: 0 });
    using rows = device.upload(
      { data: Float32Array.from(write.units.data), shape: [F, D] },
      "rows W_out",
    );
    for await (const product of products(device, new Map([["out", rows]]), columns)) {
      signal?.throwIfAborted();
      summary.add(product);
    }
    const { var: variance, kurt } = summary.finish();
    for (let neuron = 0; neuron < F; neuron++) {
      traits.push({
        layer,
        neuron,
        l2: read.norms[neuron]! ** 2 + write.norms[neuron]! ** 2,
        vocabVar: Number(variance!.data[neuron]),
        vocabKurt: Number(kurt!.data[neuron]),
      });
    }
  }
  return traits;
}

/** The scripts whose tables are read. */
export type TraitSource = "weights" | "summary";

/**
 * Opens a run of `un:weights` or `un:summary` of the same model.
 *
 * @param model the model's files, as `Session.inputs()` gives them.
 * @throws {NeuriteError} as `readSourceRun`, and E-USAGE for another model's run.
 */
export async function openTraits(
  directory: string,
  source: TraitSource,
  model: readonly InputFile[],
): Promise<FinishedRun> {
  const command = `deno task un:${source} --model MODEL --out ${directory}`;
  const run = await readSourceRun(directory, { script: `universal_neurons/${source}`, command });
  if (modelFingerprint(run.record.inputs) === modelFingerprint(model)) return run;
  throw cannot("E-USAGE", {
    do: "choose neurons by",
    thing: run.directory,
    is: "a run of another model",
    expected: "a run of the same --model",
    hint: command,
  });
}

/** The same traits, from a finished run of `un:weights`. */
export async function traitsOfRun(run: FinishedRun, config: ModelConfig): Promise<NeuronTraits[]> {
  const names = ["layer", "neuron", "l2_penalty", "vocab_var", "vocab_kurt"];
  const columns = await neuronColumns(run, names);
  const [layer, neuron, l2, vocabVar, vocabKurt] = names.map((name) => columns[name]!);
  const wanted = new Set(lastLayers(config));
  return Array.from({ length: layer!.length }, (_, i) => ({
    layer: Number(layer![i]),
    neuron: Number(neuron![i]),
    l2: Number(l2![i]),
    vocabVar: Number(vocabVar![i]),
    vocabKurt: Number(vocabKurt![i]),
  })).filter((one) => wanted.has(one.layer));
}

/** Adds the kurtosis of activations from a finished run of `un:summary`. */
export async function withKurtosis(
  traits: readonly NeuronTraits[],
  run: FinishedRun,
): Promise<NeuronTraits[]> {
  const { layer, neuron, kurt } = await neuronColumns(run, ["layer", "neuron", "kurt"]);
  const byName = new Map(
    Array.from({ length: layer!.length }, (_, i) => [`${layer![i]}.${neuron![i]}`, kurt![i]]),
  );
  return traits.map((one) => ({ ...one, kurt: Number(byName.get(nameOf(one))) }));
}
