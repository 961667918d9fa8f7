/**
 * What neurons write to the logits: `W_U · w_out`, for whole layers as moments and for single neurons as
 * they are (Gurnee et al. 2024, section 5.1; spec/universal_neurons.md section 1.15).
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { RowSummary } from "../row_summary.ts";
import { vocabularyColumns } from "../weights/columns.ts";
import { DeviceColumns } from "../weights/device_columns.ts";
import { neuronRows } from "../weights/neuron_vectors.ts";
import { products } from "../weights/similarities.ts";
import { rowsTimes, type UnitRows } from "../weights/unit_rows.ts";
import { weightPlan } from "../weights/weight_plan.ts";

/** Neurons whose effects are held at once, `4·V` bytes each. */
const NEURONS_AT_ONCE = 64;

/** Moments over the vocabulary of a layer's cosines, f32 `[F]` each; NaN for a neuron without weights. */
export interface VocabularyMoments {
  /** Non-excess kurtosis, 3 of a Gaussian. */
  readonly kurt: Float32Array;
  readonly skew: Float32Array;
}

/** A neuron's effect on every token. */
export interface NeuronEffect {
  /** Its place in the layer. */
  readonly neuron: number;
  /** f32 `[V]`: cosine of `w_out` and the token's column of W_U. */
  readonly cosines: Float32Array;
  /** `‖w_out‖`, which with the column's length makes the cosine a logit. */
  readonly norm: number;
}

/** Settings of {@linkcode Unembedding.open}. */
export interface UnembeddingOptions {
  /** Bytes for all that is held at once. @default 2 GiB */
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

function gather({ data, width }: UnitRows, neurons: readonly number[]): UnitRows {
  const rows = new Float64Array(neurons.length * width);
  neurons.forEach((neuron, i) =>
    rows.set(data.subarray(neuron * width, (neuron + 1) * width), i * width)
  );
  return { data: rows, count: neurons.length, width };
}

/** A model's unembedding on a device, folded, centred, and of unit columns. */
export class Unembedding implements Disposable {
  readonly #device: Device;
  readonly #folded: FoldedWeights;
  readonly #columns: DeviceColumns;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    held: { device: Device; folded: FoldedWeights; columns: DeviceColumns },
    signal: AbortSignal | undefined,
  ) {
    this.#device = held.device;
    this.#folded = held.folded;
    this.#columns = held.columns;
    this.#signal = signal;
  }

  /**
   * Reads and uploads W_U, as much as memory allows to hold.
   *
   * @throws {NeuriteError} E-CHECKPOINT for weights that are not finite, E-DEVICE-MEMORY.
   */
  static async open(
    device: Device,
    { folded, config }: { folded: FoldedWeights; config: ModelConfig },
    { memory, signal }: UnembeddingOptions = {},
  ): Promise<Unembedding> {
    const { tile, budget } = weightPlan(config, { memory, top: 0 });
    const source = vocabularyColumns(folded, "unembed.W_U", tile);
    const columns = await DeviceColumns.open(device, source, { budget, signal });
    return new Unembedding({ device, folded, columns }, signal);
  }

  /** Tokens, V: rows of W_U, padding too. */
  get tokens(): number {
    return this.#columns.source.count;
  }

  /** Skewness and kurtosis of every neuron of a layer. */
  async moments(layer: number): Promise<VocabularyMoments> {
    const { units } = await neuronRows(this.#folded, layer, "out");
    const V = this.tokens;
    const mean = rowsTimes(units, this.#columns.sum).map((sum) => sum / V);
    const summary = new RowSummary({ mean, columns: V, top: 0 });
    for await (const tile of this.#products(units)) summary.add(tile);
    const { kurt, skew } = summary.finish();
    return { kurt: kurt!.data as Float32Array, skew: skew!.data as Float32Array };
  }

  /** The effects of some neurons of a layer, in their order; the arrays are the caller's own. */
  async *effects(layer: number, neurons: readonly number[]): AsyncGenerator<NeuronEffect> {
    if (neurons.length === 0) return;
    const { units, norms } = await neuronRows(this.#folded, layer, "out");
    for (let start = 0; start < neurons.length; start += NEURONS_AT_ONCE) {
      const part = neurons.slice(start, start + NEURONS_AT_ONCE);
      const cosines = part.map(() => new Float32Array(this.tokens));
      for await (const { data, first, count } of this.#products(gather(units, part))) {
        cosines.forEach((row, i) => row.set(data.subarray(i * count, (i + 1) * count), first));
      }
      for (const [i, neuron] of part.entries()) {
        yield { neuron, cosines: cosines[i]!, norm: norms[neuron]! };
      }
    }
  }

  async *#products({ data, count, width }: UnitRows) {
    const array = { data: Float32Array.from(data), shape: [count, width] };
    using tensor = this.#device.upload(array, "rows W_out");
    for await (const tile of products(this.#device, new Map([["out", tensor]]), this.#columns)) {
      this.#signal?.throwIfAborted();
      yield tile;
    }
  }

  /** Frees what is held on the device. */
  [Symbol.dispose](): void {
    this.#columns[Symbol.dispose]();
  }
}
