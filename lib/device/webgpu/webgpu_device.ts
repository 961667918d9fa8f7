/**
 * The Device over WebGPU: uploads, recorded runs, fenced reads.
 *
 * @module
 */
import { elementCount, formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { Device, DeviceArray, DeviceTensor, Tensors } from "../device.ts";
import type { Graph, Value } from "../graph.ts";
import type { AdapterFacts } from "./adapter.ts";
import type { Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import type { Poison } from "./poison.ts";
import { readTensors } from "./readback.ts";
import { Runner, type Slots } from "./runner.ts";
import { tableParts } from "./step.ts";
import { WebGpuTensor } from "./tensor.ts";

/** The device behind `openWebGpu`. */
export class WebGpuDevice implements Device {
  readonly name = "webgpu";
  readonly description: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly maxTensorBytes: number;
  readonly #context: GpuContext;
  readonly #runner: Runner;
  #lost: string | null = null;
  #closed = false;

  constructor(context: GpuContext, adapter: AdapterFacts, poison: Poison | null) {
    const { gpu, limits } = context;
    this.#context = context;
    this.#runner = new Runner(context, poison);
    this.maxTensorBytes = limits.maxBindingBytes;
    this.description = `webgpu: ${adapter.description}, Deno ${Deno.version.deno}`;
    this.facts = {
      adapter: adapter.description,
      vendor: adapter.vendor,
      software: adapter.isSoftware,
      deno: Deno.version.deno,
      maxStorageBufferBindingSize: gpu.limits.maxStorageBufferBindingSize,
      maxBufferSize: gpu.limits.maxBufferSize,
      maxComputeWorkgroupStorageSize: gpu.limits.maxComputeWorkgroupStorageSize,
    };
    gpu.lost.then(({ message }) => this.#lost = message || "no reason given");
  }

  upload(array: HostArray<Float32Array | Int32Array>, label: string): DeviceTensor {
    this.#assertUsable();
    const { data, shape } = array;
    if (data.length !== elementCount(shape)) {
      throw new RangeError(
        `Cannot upload "${label}": ${data.length} elements, expected ${formatShape(shape)}`,
      );
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const ranges = this.#partRanges(shape, label);
    const parts = ranges.map(([start, end], index) => {
      const name = ranges.length === 1 ? label : `${label}/part ${index + 1} of ${ranges.length}`;
      const storage = this.#context.storagePool.acquire(end - start, `neurite/upload/${name}`);
      this.#context.fill(storage, bytes.subarray(start, end));
      return storage;
    });
    return this.#tensor({ shape, dtype: data instanceof Int32Array ? "i32" : "f32" }, parts);
  }

  async run(graph: Graph, inputs: Tensors): Promise<Tensors> {
    this.#assertUsable();
    const results = await this.#orLost(this.#runner.run(graph, () => {
      this.#assertUsable();
      return this.#slots(graph, inputs);
    }));
    return Object.fromEntries(
      results.map(({ name, value, parts }) => [name, this.#tensor(value, parts)]),
    );
  }

  async read(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    this.#assertUsable();
    const own = tensors.map((tensor, index) => this.#own(tensor, `${index + 1} of the read`));
    return await this.#orLost(readTensors(own, this.#context));
  }

  async take(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    try {
      return await this.read(tensors);
    } finally {
      for (const tensor of tensors) tensor[Symbol.dispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#context.close(this.#lost !== null);
    }
    return Promise.resolve();
  }

  /** A lost device fails in many ways, some of them before it says that it is lost: that is said. */
  async #orLost<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#assertUsable();
      throw error;
    }
  }

  #assertUsable(): void {
    if (!this.#closed && this.#lost === null) return;
    throw cannot("E-DEVICE", {
      do: "use device",
      thing: this.description,
      is: this.#closed ? "closed" : `lost (${this.#lost})`,
      expected: "an open device",
      hint: this.#closed
        ? "keep the device open until the last read"
        : "run again, finished work is skipped; lower --memory if it happens again",
    });
  }

  /** Byte ranges of the parts of an upload. */
  #partRanges(shape: readonly number[], label: string): [number, number][] {
    const rowBytes = 4 * elementCount(shape.slice(1));
    if (rowBytes > this.maxTensorBytes) {
      throw cannot("E-DEVICE-MEMORY", {
        do: "upload",
        thing: label,
        is: `${rowBytes} bytes a row`,
        expected: `at most ${this.maxTensorBytes} bytes, this adapter's storage binding limit`,
        hint: "use --device onnx",
      });
    }
    return tableParts(shape, this.maxTensorBytes).map((
      { start, rows },
    ) => [start * rowBytes, (start + rows) * rowBytes]);
  }

  #tensor(value: Pick<Value, "shape" | "dtype">, parts: readonly Storage[]): WebGpuTensor {
    const release = (storage: Storage) => {
      if (!this.#closed) this.#context.storagePool.release(storage);
    };
    return new WebGpuTensor(value, parts, { owner: this, release });
  }

  #own(tensor: DeviceTensor | undefined, name: string): WebGpuTensor {
    if (tensor instanceof WebGpuTensor && tensor.owner === this && !tensor.disposed) return tensor;
    const state = !tensor
      ? "not given"
      : tensor instanceof WebGpuTensor && tensor.disposed
      ? "disposed"
      : "a tensor of another device";
    throw new TypeError(
      `Cannot use tensor "${name}": ${state}, expected a live tensor of ${this.description}`,
    );
  }

  #slots(graph: Graph, inputs: Tensors): Slots {
    return new Map([...graph.inputs].map(([name, { id, shape, dtype }]) => {
      const tensor = this.#own(inputs[name], name);
      if (formatShape(tensor.shape) !== formatShape(shape) || tensor.dtype !== dtype) {
        throw new TypeError(
          `Cannot run with input "${name}": ${tensor.dtype} ${formatShape(tensor.shape)}, ` +
            `expected ${dtype} ${formatShape(shape)}`,
        );
      }
      return [id, tensor.parts];
    }));
  }
}
