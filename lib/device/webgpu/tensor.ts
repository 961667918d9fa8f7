import type { DeviceTensor } from "../device.ts";
import type { DType } from "../graph.ts";
import type { Storage } from "./buffer_pool.ts";

/** A tensor of the WebGPU device: one buffer, or several for a table larger than a binding. */
export class WebGpuTensor implements DeviceTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The buffers, by rows, in order. */
  readonly parts: readonly Storage[];
  /** Which device it belongs to. */
  readonly owner: object;
  readonly #release: (storage: Storage) => void;
  #disposed = false;

  constructor(
    value: { shape: readonly number[]; dtype: DType },
    parts: readonly Storage[],
    home: { owner: object; release: (storage: Storage) => void },
  ) {
    this.shape = value.shape;
    this.dtype = value.dtype;
    this.parts = parts;
    this.owner = home.owner;
    this.#release = home.release;
  }

  /** Whether its buffers may already be somebody else's. */
  get disposed(): boolean {
    return this.#disposed;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.parts.forEach(this.#release);
  }
}
