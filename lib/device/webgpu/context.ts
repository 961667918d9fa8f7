/**
 * What the parts of the device share.
 *
 * @module
 */
import { BindGroups } from "./bind_groups.ts";
import { BufferPool, type Storage } from "./buffer_pool.ts";
import type { WebGpuOptions } from "./options.ts";
import { PipelineCache } from "./pipelines.ts";
import type { PlanLimits } from "./plan_builder.ts";
import { Recorder } from "./recorder.ts";
import { Faults, scoped } from "./scopes.ts";
import { Uploader } from "./uploads.ts";

/** Recorder, pools and caches over one `GPUDevice`. */
export class GpuContext {
  readonly gpu: GPUDevice;
  readonly limits: PlanLimits;
  readonly faults = new Faults();
  readonly recorder: Recorder;
  /** Tensors. */
  readonly storagePool: BufferPool;
  /** Parameters of plans. */
  readonly uniformPool: BufferPool;
  /** Buffers the host reads. */
  readonly stagingPool: BufferPool;
  readonly pipelines: PipelineCache;
  readonly bindGroups: BindGroups;
  /** Stands in for bindings that a variant does not read. */
  readonly unused: Storage;
  readonly #uploader: Uploader;

  constructor(gpu: GPUDevice, options: WebGpuOptions) {
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.limits;
    const binding = Math.min(
      maxStorageBufferBindingSize,
      maxBufferSize,
      options.maxBindingBytes ?? Infinity,
    );
    // Buffers are padded to 256 bytes, so a limit that is no multiple cannot be used to its end.
    const maxBindingBytes = 256 * Math.floor(binding / 256);
    this.limits = { maxBindingBytes, sliceBytes: options.sliceBytes ?? 64 * 1024 * 1024 };
    this.gpu = gpu;
    const maxFreeBytes = options.maxFreeBytes ?? 2 ** 31;
    const beforeDestroy = () => this.recorder.submit();
    const pool = (usage: number) =>
      new BufferPool(gpu, this.faults, { usage, maxFreeBytes, beforeDestroy });
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    this.recorder = new Recorder(gpu, this.faults, options.submitEvery ?? 256);
    this.storagePool = pool(STORAGE | COPY_DST | COPY_SRC);
    this.uniformPool = pool(UNIFORM | COPY_DST);
    this.stagingPool = pool(MAP_READ | COPY_DST);
    this.pipelines = new PipelineCache(gpu);
    this.bindGroups = new BindGroups(gpu, this.faults, this.storagePool);
    this.unused = this.storagePool.acquire(0, "neurite/unused");
    this.#uploader = new Uploader(gpu);
  }

  /** Writes to a buffer. A write runs before commands recorded but not submitted. */
  fill(storage: Storage, bytes: Uint8Array): void {
    if (storage.epoch === this.recorder.epoch) this.recorder.submit();
    const { buffer } = storage;
    this.faults.note(scoped(this.gpu, buffer.label, () => this.#uploader.write(buffer, bytes)));
  }

  /** Destroys everything. `lost` tells that nothing can be submitted any more. */
  close(lost: boolean): void {
    // Recorded commands are submitted even so: an encoder dropped unfinished panics in Deno.
    if (!lost) this.recorder.submit();
    this.storagePool.destroy();
    this.uniformPool.destroy();
    this.stagingPool.destroy();
    this.gpu.destroy();
  }
}
