/**
 * Bind groups, made once for each set of buffers a dispatch meets.
 *
 * @module
 */
import type { BufferPool, Storage } from "./buffer_pool.ts";
import type { Compiled } from "./pipelines.ts";
import { type Faults, scoped } from "./scopes.ts";
import type { Step } from "./step.ts";
import { kernelInterface } from "./interface.ts";

/** More than the dispatches of a large model's batch; beyond it the cache starts again. */
const MAX_BIND_GROUPS = 16_384;

/** Where a step's parameters lie. */
export interface ParamsSlice {
  readonly storage: Storage;
  readonly offset: number;
  readonly bytes: number;
}

/** Keeps bind groups while their buffers live. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #pool: BufferPool;
  readonly #groups = new Map<string, GPUBindGroup>();
  #generation = 0;

  constructor(device: GPUDevice, faults: Faults, pool: BufferPool) {
    this.#device = device;
    this.#faults = faults;
    this.#pool = pool;
  }

  /** The bind group of a step whose buffers, in the kernel's order, are `storages`. */
  get(
    step: Step,
    compiled: Compiled,
    storages: readonly Storage[],
    params: ParamsSlice,
  ): GPUBindGroup {
    if (this.#generation !== this.#pool.generation || this.#groups.size >= MAX_BIND_GROUPS) {
      this.#groups.clear();
      this.#generation = this.#pool.generation;
    }
    const ids = storages.map(({ id }) => id).join();
    const key = `${step.kernel}|${params.storage.id}+${params.offset}|${ids}`;
    const known = this.#groups.get(key);
    if (known) return known;
    const made = this.#make(step, compiled, storages, params);
    this.#groups.set(key, made);
    return made;
  }

  #make(
    step: Step,
    compiled: Compiled,
    storages: readonly Storage[],
    params: ParamsSlice,
  ): GPUBindGroup {
    const { buffers, paramsBinding } = kernelInterface(step.kernel);
    const entries: GPUBindGroupEntry[] = buffers.map(({ binding }, index) => ({
      binding,
      resource: { buffer: storages[index]!.buffer },
    }));
    const { storage, offset, bytes } = params;
    entries.push({
      binding: paramsBinding,
      resource: { buffer: storage.buffer, offset, size: bytes },
    });
    const descriptor = { label: step.label, layout: compiled.layout, entries };
    return this.#faults.note(
      scoped(this.#device, step.label, () => this.#device.createBindGroup(descriptor)),
    );
  }
}
