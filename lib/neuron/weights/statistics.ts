/**
 * Statistics of a model's neurons that need nothing but its weights (spec/universal_neurons.md
 * section 1.7; Gurnee et al. 2024).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { Device, DeviceTensor } from "../../device/device.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { type ColumnSource, headColumns, neuronColumns, vocabularyColumns } from "./columns.ts";
import { DeviceColumns } from "./device_columns.ts";
import type { HeadComposition } from "./head_factors.ts";
import { type NeuronSide, type NeuronVectors, neuronVectors } from "./neuron_vectors.ts";
import { products } from "./similarities.ts";
import { headSink, neuronSink, type Sink, tokenSink } from "./sinks.ts";
import type { UnitRows } from "./unit_rows.ts";
import { weightPlan } from "./weight_plan.ts";

/** What {@linkcode weightStatistics} may be told. */
export interface WeightStatisticsOptions {
  /** Tokens kept at either end of each neuron's similarities. @default {100} */
  readonly vocabTop?: number | undefined;
  /** Neurons kept at either end. @default {20} */
  readonly neuronTop?: number | undefined;
  /** Bytes for all that is held at once. @default 2 GiB */
  readonly memory?: number | undefined;
  /** Stops the work between two tiles. */
  readonly signal?: AbortSignal | undefined;
  /** Columns of products done so far and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One layer's results: arrays `[F, ...]` by name. */
export interface LayerStatistics {
  readonly layer: number;
  readonly arrays: Readonly<Record<string, HostArray>>;
}

/** One comparison of a side of the neurons with some columns. */
interface Comparison {
  readonly name: string;
  readonly side: NeuronSide;
}

/** Columns and what is compared with them. */
interface Job {
  readonly source: ColumnSource;
  readonly comparisons: readonly Comparison[];
  /** What the columns are: tokens, the neurons' own vectors of a side, or heads. */
  readonly kind: "tokens" | NeuronSide | "heads";
}

const HEAD_SIDES: readonly (readonly [HeadComposition, NeuronSide])[] = [
  ["comp_v", "out"],
  ["comp_o", "in"],
  ["comp_query_side", "out"],
  ["comp_key_side", "out"],
];

function jobsOf(folded: FoldedWeights, config: ModelConfig, tile: number): Job[] {
  const both = (name: (side: NeuronSide) => string): Comparison[] =>
    (["in", "out"] as const).map((side) => ({ name: name(side), side }));
  return [
    ...([["E", "embed.W_E"], ["U", "unembed.W_U"]] as const).map(([letter, matrix]): Job => ({
      source: vocabularyColumns(folded, matrix, tile),
      comparisons: both((side) => `${letter}_${side}`),
      kind: "tokens",
    })),
    ...(["in", "out"] as const).map((other): Job => ({
      source: neuronColumns(folded, other, { config, tile }),
      comparisons: both((side) => `${side}_${other}`),
      kind: other,
    })),
    ...HEAD_SIDES.map(([name, side]): Job => ({
      source: headColumns(folded, name, config),
      comparisons: [{ name, side }],
      kind: "heads",
    })),
  ];
}

/**
 * Every statistic of section 1.7, layer by layer; no matrix of similarities is ever whole. With unit
 * vectors `w_in`, `w_out` of the folded and centred weights, arrays of a layer are:
 *
 * | name | shape | content |
 * |---|---|---|
 * | `w_in_norm`, `w_out_norm`, `input_bias`, `in_out_sim` | `[F]` | lengths, `b_in`, `w_in·w_out` |
 * | `E_in_*`, `U_in_*`, `E_out_*`, `U_out_*` | | cosines with the rows of W_E or W_U, over V tokens |
 * | `in_in_*`, `in_out_*`, `out_in_*`, `out_out_*` | | cosines with every neuron: this one's first |
 * | `*_mean` `*_var` `*_skew` `*_kurt` | `[F]` | population moments, kurtosis 3 for a Gaussian |
 * | `*_top` `*_top_ix` `*_bottom` `*_bottom_ix` | `[F, k]` | extremes, and their tokens or neurons |
 * | `*_hist` | i32 `[F, 101]` | counts by `SIMILARITY_EDGES` |
 * | `comp_v`, `comp_o`, `comp_query_side`, `comp_key_side` | `[F, L·H]` | see {@linkcode HeadComposition} |
 *
 * Neurons are numbered `layer·F + i`; a neuron's similarity to itself counts as 0 in all four.
 * Products are the device's float32 of float64 weights rounded once; means come from float64 sums.
 *
 * @throws {NeuriteError} `E-CHECKPOINT` for weights that are not finite, `E-DEVICE-MEMORY` for too
 * little memory.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { openCheckpoint } from "neurite/lib/model/checkpoint/checkpoint.ts";
 * import { openWeights } from "neurite/lib/model/checkpoint/weights.ts";
 * import { readConfig } from "neurite/lib/model/config/read_config.ts";
 * import { foldWeights } from "neurite/lib/model/folding.ts";
 * import { weightStatistics } from "neurite/lib/neuron/weights/statistics.ts";
 *
 * const directory = "tests/fixtures/checkpoints/gpt2-hub-style";
 * const config = await readConfig(directory);
 * await using device = openReference();
 * await using checkpoint = await openCheckpoint(directory);
 * const folded = foldWeights(openWeights(checkpoint, config));
 * for await (const { arrays } of weightStatistics(device, folded, config)) {
 *   if (arrays.U_out_kurt!.shape[0] !== config.dMlp) throw new Error("unreachable");
 * }
 * ```
 */
export async function* weightStatistics(
  device: Device,
  folded: FoldedWeights,
  config: ModelConfig,
  options: WeightStatisticsOptions = {},
): AsyncGenerator<LayerStatistics> {
  const { vocabTop = 100, neuronTop = 20, memory, signal, onProgress } = options;
  const { tile, budget } = weightPlan(config, { memory, top: Math.max(vocabTop, neuronTop) });
  using opened = new DisposableStack();
  const jobs = await openJobs(device, jobsOf(folded, config, tile), { opened, budget, signal });
  const perLayer = jobs.reduce((sum, job) => sum + job.comparisons.length * job.source.count, 0);
  let done = 0;
  for (let layer = 0; layer < config.nLayer; layer++) {
    const vectors = await neuronVectors(folded, layer);
    using rows = new LayerRows(device, vectors);
    const arrays: Record<string, HostArray> = ownStatistics(vectors);
    for (const { comparisons, columns, kind } of jobs) {
      const sinks = new Map(comparisons.map(({ name, side }): [string, Sink] => {
        const input = { vectors, layer, side, columns, config };
        if (kind === "heads") return [name, headSink(name, input)];
        if (kind === "tokens") return [name, tokenSink(name, vocabTop, input)];
        return [name, neuronSink(name, neuronTop, { ...input, other: kind })];
      }));
      const tensors = new Map(comparisons.map(({ name, side }) => [name, rows[side]]));
      for await (const product of products(device, tensors, columns)) {
        signal?.throwIfAborted();
        sinks.get(product.name)!.add(product);
        onProgress?.(done += product.count, perLayer * config.nLayer);
      }
      for (const sink of sinks.values()) Object.assign(arrays, sink.finish());
    }
    yield { layer, arrays };
  }
}

/** Uploads what the budget holds, in the order of the jobs; all of it is freed with `opened`. */
async function openJobs(
  device: Device,
  jobs: readonly Job[],
  { opened, budget, signal }: {
    opened: DisposableStack;
    budget: number;
    signal: AbortSignal | undefined;
  },
): Promise<(Job & { readonly columns: DeviceColumns })[]> {
  const result = [];
  for (const job of jobs) {
    const columns = opened.use(await DeviceColumns.open(device, job.source, { budget, signal }));
    budget -= columns.heldBytes;
    result.push({ ...job, columns });
  }
  return result;
}

/** A layer's unit vectors on the device, f32 `[F, D]`. */
class LayerRows implements Disposable {
  readonly in: DeviceTensor;
  readonly out: DeviceTensor;

  constructor(device: Device, { units }: NeuronVectors) {
    const upload = ({ data, count, width }: UnitRows, label: string) =>
      device.upload({ data: Float32Array.from(data), shape: [count, width] }, label);
    this.in = upload(units.in, "rows W_in");
    this.out = upload(units.out, "rows W_out");
  }

  [Symbol.dispose](): void {
    this.in[Symbol.dispose]();
    this.out[Symbol.dispose]();
  }
}

function ownStatistics({ norms, inputBias, inOutSim }: NeuronVectors): Record<string, HostArray> {
  const array = (data: Float64Array) => ({ data: Float32Array.from(data), shape: [data.length] });
  return {
    "w_in_norm": array(norms.in),
    "w_out_norm": array(norms.out),
    "input_bias": array(inputBias),
    "in_out_sim": array(inOutSim),
  };
}
