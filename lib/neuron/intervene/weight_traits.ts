/**
 * The weights of a model's last layers as far as neurons are chosen by them.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { vocabularyColumns } from "../weights/columns.ts";
import { DeviceColumns } from "../weights/device_columns.ts";
import { neuronRows } from "../weights/neuron_vectors.ts";
import { products } from "../weights/similarities.ts";
import { rowsTimes } from "../weights/unit_rows.ts";
import { RowSummary } from "../row_summary.ts";
import type { NeuronPlace } from "./neuron_sets.ts";

/** What neurons are chosen by. */
export interface NeuronTraits extends NeuronPlace {
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
    for (let index = 0; index < F; index++) {
      traits.push({
        layer,
        index,
        l2: read.norms[index]! ** 2 + write.norms[index]! ** 2,
        vocabVar: Number(variance!.data[index]),
        vocabKurt: Number(kurt!.data[index]),
      });
    }
  }
  return traits;
}

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

async function columnsOf(run: FinishedRun, names: readonly string[]): Promise<Columns> {
  const { columns } = await run.table("neurons");
  const missing = names.find((name) => !(name in columns));
  if (missing === undefined) return columns;
  throw cannot("E-FILE-CORRUPT", {
    do: "read table",
    thing: `${run.directory}/tables/neurons.parquet`,
    is: `columns ${Object.keys(columns).join(", ")}`,
    expected: `one named ${missing}`,
    hint: "run the script that made it again",
  });
}

/** The same traits, from a finished run of `un:weights`. */
export async function traitsOfRun(run: FinishedRun, config: ModelConfig): Promise<NeuronTraits[]> {
  const names = ["layer", "neuron", "l2_penalty", "vocab_var", "vocab_kurt"];
  const columns = await columnsOf(run, names);
  const [layer, index, l2, vocabVar, vocabKurt] = names.map((name) => columns[name]!);
  const wanted = new Set(lastLayers(config));
  return Array.from({ length: layer!.length }, (_, i) => ({
    layer: Number(layer![i]),
    index: Number(index![i]),
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
  const { layer, neuron, kurt } = await columnsOf(run, ["layer", "neuron", "kurt"]);
  const byName = new Map(
    Array.from({ length: layer!.length }, (_, i) => [`${layer![i]}.${neuron![i]}`, kurt![i]]),
  );
  return traits.map((one) => ({ ...one, kurt: Number(byName.get(`${one.layer}.${one.index}`)) }));
}
