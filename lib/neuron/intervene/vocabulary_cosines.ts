/**
 * How what neurons write lies to the unembedding: histograms of their cosines with every token
 * (spec/universal_neurons.md section 2, entropy_neuron_weights).
 *
 * @module
 */
import { basename } from "node:path";
import type { HostArray } from "../../array.ts";
import type { Device, DeviceTensor } from "../../device/device.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { type FoldedWeights, foldWeights } from "../../model/folding.ts";
import type { Session } from "../../model/session.ts";
import { type Neuron, parseNeuron } from "../neurons.ts";
import { vocabularyColumns } from "../weights/columns.ts";
import { DeviceColumns } from "../weights/device_columns.ts";
import { neuronRows } from "../weights/neuron_vectors.ts";
import { products } from "../weights/similarities.ts";
import { type NeuronSet, neuronsOfSets } from "./neuron_sets.ts";

/** Bins of the release's figure. */
export const COSINE_BINS = 199;

/** What the release's figures span. */
const PAPER_RANGES: Readonly<Record<string, number>> = {
  "stanford-gpt2-small-a": 0.2,
  "stanford-gpt2-medium-a": 0.14,
};

/** Products of a tile: 32 MiB of float32. */
const TILE_ELEMENTS = 2 ** 23;

/** Histograms of cosines with every token. */
export interface VocabularyCosines {
  /** f64 `[200]`, even, symmetric about 0. */
  readonly edges: Float64Array;
  /** i32 `[n, 199]`; a cosine beyond the edges is in none. */
  readonly counts: Int32Array;
}

/** What is counted. */
export interface CosineRequest {
  readonly config: ModelConfig;
  /** The model's alias, for the paper's range. */
  readonly model: string;
  /** The first of them, `chosen`, decide the range: all their cosines are within it. */
  readonly neurons: readonly Neuron[];
  readonly chosen: number;
  readonly signal?: AbortSignal | undefined;
}

/** The next number of two digits above a cosine. */
function roundUp(cosine: number): number {
  const step = 10 ** (Math.floor(Math.log10(cosine)) - 1);
  return Number((Math.ceil(cosine / step) * step).toPrecision(3));
}

/** Unit vectors `[n, D]` of what neurons write; a layer is read once. */
async function unitRows(
  folded: FoldedWeights,
  neurons: readonly Neuron[],
  D: number,
): Promise<Float32Array> {
  const rows = new Float32Array(neurons.length * D);
  for (const layer of new Set(neurons.map((one) => one.layer))) {
    const { units } = await neuronRows(folded, layer, "out");
    neurons.forEach((one, i) => {
      if (one.layer !== layer) return;
      rows.set(units.data.subarray(one.neuron * D, (one.neuron + 1) * D), i * D);
    });
  }
  return rows;
}

/**
 * Counts the cosines of neurons' output weights with every column of W_U, folded and centred, in 199
 * bins over the paper's range or, of other models, one that holds all of the chosen ones. The products
 * are made twice, so that nothing grows with neurons times tokens.
 */
export async function vocabularyCosines(
  device: Device,
  folded: FoldedWeights,
  { config: { dModel: D, vocabSize: V }, model, neurons, chosen, signal }: CosineRequest,
): Promise<VocabularyCosines> {
  const n = neurons.length;
  const tile = Math.max(1, Math.min(V, Math.floor(TILE_ELEMENTS / Math.max(n, D))));
  const source = vocabularyColumns(folded, "unembed.W_U", tile);
  using columns = await DeviceColumns.open(device, source, { budget: 4 * V * D, signal });
  using rows = device.upload({ data: await unitRows(folded, neurons, D), shape: [n, D] }, "W_out");
  const range = PAPER_RANGES[basename(model)] ?? await chosenRange(device, rows, columns, chosen);
  const edges = Float64Array.from(
    { length: COSINE_BINS + 1 },
    (_, i) => range * (2 * i / COSINE_BINS - 1),
  );
  const counts = new Int32Array(n * COSINE_BINS);
  for await (const { data, count } of products(device, new Map([["out", rows]]), columns)) {
    signal?.throwIfAborted();
    for (let i = 0; i < data.length; i++) {
      const bin = Math.floor((data[i]! / range + 1) / 2 * COSINE_BINS);
      if (bin >= 0 && bin < COSINE_BINS) counts[Math.floor(i / count) * COSINE_BINS + bin]!++;
    }
  }
  return { edges, counts };
}

async function chosenRange(
  device: Device,
  rows: DeviceTensor,
  columns: DeviceColumns,
  chosen: number,
): Promise<number> {
  let largest = 0;
  for await (const { data, count } of products(device, new Map([["out", rows]]), columns)) {
    for (let i = 0; i < chosen * count; i++) largest = Math.max(largest, Math.abs(data[i]!));
  }
  // A little wider: the last bin does not hold its upper edge.
  return largest > 0 ? roundUp(largest * (1 + 1e-6)) : 1;
}

/** The histograms of all neurons of some sets as arrays of a run, in the order of `neuronsOfSets`. */
export async function cosineArrays(
  session: Session,
  sets: readonly NeuronSet[],
  signal?: AbortSignal,
): Promise<Record<string, HostArray>> {
  const { weights, config } = await session.model();
  const all = neuronsOfSets(sets);
  const request = {
    ...{ config, model: session.label, signal },
    neurons: all.map(({ name }) => parseNeuron(name)!),
    chosen: all.filter(({ role }) => role === "chosen").length,
  };
  const { edges, counts } = await vocabularyCosines(session.device, foldWeights(weights), request);
  return {
    "vocab_cosine_edges": { data: edges, shape: [edges.length] },
    "vocab_cosine_counts": { data: counts, shape: [counts.length / COSINE_BINS, COSINE_BINS] },
  };
}
