/**
 * GPU buffers kept for reuse, by exact size.
 *
 * Shapes repeat from batch to batch, so sizes do too: after the first batch nothing is created, and
 * the same tensors meet the same buffers, which lets bind groups be reused. V8 does not see GPU
 * memory, so everything is destroyed by hand.
 *
 * @module
 */
import { type Faults, scoped } from "./scopes.ts";

/** A buffer shared by the tensors that name it. */
export interface Storage {
  readonly buffer: GPUBuffer;
  /** Size of the buffer, a multiple of 256. */
  readonly bytes: number;
  /** Unique in this process; buffers have no identity that can be a map key. */
  readonly id: number;
  /** Bytes its present holder asked for. */
  used: number;
  /** The recording that used it last; see `Recorder.epoch`. */
  epoch: number;
  /** Tensors and plans that hold it. */
  holders: number;
}

/** What {@linkcode BufferPool} is told. */
export interface BufferPoolOptions {
  usage: number;
  /** The most bytes kept free; beyond it the buffers idle longest are destroyed. */
  maxFreeBytes: number;
  /** Called before buffers are destroyed: recorded work that uses them must be submitted first. */
  beforeDestroy: () => void;
}

let nextId = 1;

/** The size a pool gives for `bytes`: vec4 reads may touch the padding, and zero bytes are no buffer. */
export function paddedBytes(bytes: number): number {
  return Math.max(256, Math.ceil(bytes / 256) * 256);
}

/** A deterministic pool: the buffer freed last is taken first. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #options: BufferPoolOptions;
  readonly #free = new Map<number, Storage[]>();
  readonly #idle = new Set<Storage>();
  readonly #all = new Set<Storage>();
  /** Held buffers whose creation failed: they must not be handed out again. */
  readonly #invalid = new Set<Storage>();
  #freeBytes = 0;
  #generation = 0;

  constructor(device: GPUDevice, faults: Faults, options: BufferPoolOptions) {
    this.#device = device;
    this.#faults = faults;
    this.#options = options;
  }

  /** Changes whenever a buffer is destroyed: bind groups made before may be stale. */
  get generation(): number {
    return this.#generation;
  }

  /** Bytes of all buffers, held and free. */
  get bytes(): number {
    let total = 0;
    for (const storage of this.#all) total += storage.bytes;
    return total;
  }

  /** Takes a buffer of at least `bytes`, held once. Its contents are whatever was there. */
  acquire(bytes: number, label: string): Storage {
    const size = paddedBytes(bytes);
    const reused = this.#free.get(size)?.pop();
    if (reused) {
      this.#idle.delete(reused);
      this.#freeBytes -= size;
      reused.holders = 1;
      reused.used = bytes;
      return reused;
    }
    const created = scoped(
      this.#device,
      label,
      () => this.#device.createBuffer({ label, size, usage: this.#options.usage }),
    );
    const buffer = this.#faults.note(created);
    const storage = { buffer, bytes: size, used: bytes, id: nextId++, epoch: 0, holders: 1 };
    created.fault.then((fault) => fault && this.#disown(storage));
    this.#all.add(storage);
    return storage;
  }

  /** Lets go of a buffer once; the last holder returns it to the pool. */
  release(storage: Storage): void {
    if (--storage.holders > 0) return;
    if (this.#invalid.delete(storage)) return this.#destroy(storage);
    const shelf = this.#free.get(storage.bytes);
    if (shelf) shelf.push(storage);
    else this.#free.set(storage.bytes, [storage]);
    this.#idle.add(storage);
    this.#freeBytes += storage.bytes;
    if (this.#freeBytes > this.#options.maxFreeBytes) this.#trim(this.#options.maxFreeBytes);
  }

  /** Destroys every buffer. */
  destroy(): void {
    this.#generation++;
    for (const { buffer } of this.#all) buffer.destroy();
    this.#all.clear();
    this.#idle.clear();
    this.#free.clear();
    this.#freeBytes = 0;
  }

  #trim(limit: number): void {
    this.#options.beforeDestroy();
    for (const storage of this.#idle) {
      if (this.#freeBytes <= limit) return;
      this.#unshelve(storage);
      this.#destroy(storage);
    }
  }

  /** Keeps a buffer that is none from being handed out; its holder may have let go of it already. */
  #disown(storage: Storage): void {
    if (this.#idle.has(storage)) {
      this.#unshelve(storage);
      this.#destroy(storage);
    } else {
      this.#invalid.add(storage);
    }
  }

  #unshelve(storage: Storage): void {
    const shelf = this.#free.get(storage.bytes)!;
    shelf.splice(shelf.indexOf(storage), 1);
    this.#idle.delete(storage);
    this.#freeBytes -= storage.bytes;
  }

  #destroy(storage: Storage): void {
    this.#generation++;
    this.#all.delete(storage);
    storage.buffer.destroy();
  }
}
