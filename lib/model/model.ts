/**
 * A model on a device: its configuration, its weights uploaded once, and where it came from.
 *
 * @module
 */
import { elementCount } from "../array.ts";
import type { Device, DeviceTensor } from "../device/device.ts";
import type { GeluForm } from "../device/graph.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint/checkpoint.ts";
import type { ModelConfig } from "./config/config.ts";
import { readConfig } from "./config/read_config.ts";
import { countNonFinite, openWeights, type WeightSource } from "./checkpoint/weights.ts";

/** A model ready to run. Disposing it frees its weights; the device stays open. */
export interface Model extends AsyncDisposable {
  /** Where it was read from, absolute. */
  readonly directory: string;
  /** Sizes and switches. */
  readonly config: ModelConfig;
  /** The device that holds the weights. */
  readonly device: Device;
  /** The weights on the host, read from the files one tensor at a time. */
  readonly weights: WeightSource;
  /** The files it was read from, absolute; their hashes identify the model. */
  readonly files: readonly string[];
  /** Weights that are NaN or infinite, by tensor; empty in a sound model. */
  readonly nonFinite: ReadonlyMap<string, number>;
  /** A weight on the device, by its canonical name (`blocks.3.mlp.W_in`). */
  tensor(name: string): DeviceTensor;
}

/** What {@linkcode loadModel} may be told. */
export interface LoadOptions {
  /** Called after each tensor with bytes read so far and in all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** The GELU to compute with instead of the configuration's. */
  gelu?: GeluForm | undefined;
}

class LoadedModel implements Model {
  readonly #checkpoint: Checkpoint;
  readonly #tensors: ReadonlyMap<string, DeviceTensor>;

  constructor(
    readonly directory: string,
    readonly config: ModelConfig,
    readonly device: Device,
    readonly weights: WeightSource,
    readonly nonFinite: ReadonlyMap<string, number>,
    held: { checkpoint: Checkpoint; tensors: ReadonlyMap<string, DeviceTensor> },
  ) {
    this.#checkpoint = held.checkpoint;
    this.#tensors = held.tensors;
  }

  get files(): readonly string[] {
    return this.#checkpoint.files;
  }

  tensor(name: string): DeviceTensor {
    return this.#tensors.get(name)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tensor of new Set(this.#tensors.values())) tensor[Symbol.dispose]();
    await this.#checkpoint[Symbol.asyncDispose]();
  }
}

/**
 * Loads a model directory onto a device, tensor by tensor.
 *
 * @throws {NeuriteError} E-CONFIG, E-ARCHITECTURE, E-CHECKPOINT, E-TENSOR-SHAPE and the errors of the
 * file formats.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * if (model.config.nLayer !== 4) throw new Error("unreachable");
 * ```
 */
export async function loadModel(
  directory: string,
  device: Device,
  options: LoadOptions = {},
): Promise<Model> {
  const own = await readConfig(directory);
  const config = options.gelu ? { ...own, gelu: options.gelu } : own;
  const checkpoint = await openCheckpoint(directory);
  const tensors = new Map<string, DeviceTensor>();
  try {
    const weights = openWeights(checkpoint, config);
    const nonFinite = new Map<string, number>();
    const isShared = (name: string) => name === "unembed.W_U" && weights.isTied;
    const bytes = (name: string) => isShared(name) ? 0 : 4 * elementCount(weights.shape(name));
    const total = weights.names.reduce((sum, name) => sum + bytes(name), 0);
    let done = 0;
    for (const name of weights.names) {
      if (isShared(name)) {
        tensors.set(name, tensors.get("embed.W_E")!);
      } else {
        const data = await weights.read(name);
        const bad = countNonFinite(data);
        if (bad > 0) nonFinite.set(name, bad);
        tensors.set(name, device.upload({ data, shape: weights.shape(name) }, name));
      }
      options.onProgress?.(done += bytes(name), total);
    }
    return new LoadedModel(directory, config, device, weights, nonFinite, { checkpoint, tensors });
  } catch (error) {
    for (const tensor of new Set(tensors.values())) tensor[Symbol.dispose]();
    await checkpoint[Symbol.asyncDispose]();
    throw error;
  }
}
