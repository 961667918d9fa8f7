/**
 * Commands waiting to be submitted: one encoder and one compute pass for all dispatches of a batch.
 *
 * `finish()` costs time in proportion to passes, and a fence costs 11 ms in Deno, so the pass stays
 * open from run to run until somebody reads. WebGPU orders the dispatches of a pass by itself.
 *
 * @module
 */
import type { Storage } from "./buffer_pool.ts";
import { type Faults, scoped } from "./scopes.ts";

/** A dispatch: x, y and z workgroups. */
export type Groups = readonly [number, number, number];

interface Open {
  readonly encoder: GPUCommandEncoder;
  readonly pass: GPUComputePassEncoder;
}

/** Records dispatches and submits them. */
export class Recorder {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #submitEvery: number;
  #open: Open | null = null;
  #dispatches = 0;
  #epoch = 1;

  constructor(device: GPUDevice, faults: Faults, submitEvery: number) {
    this.#device = device;
    this.#faults = faults;
    this.#submitEvery = submitEvery;
  }

  /** Number of the recording under way. A storage of this epoch is used by unsubmitted commands. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Appends a dispatch. */
  dispatch(
    pipeline: GPUComputePipeline,
    group: GPUBindGroup,
    groups: Groups,
    used: Iterable<Storage>,
  ): void {
    const { pass } = this.#open ??= this.#begin();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...groups);
    for (const storage of used) storage.epoch = this.#epoch;
    if (++this.#dispatches >= this.#submitEvery) this.submit();
  }

  /** Submits what is recorded, then `copies`, in one command buffer. Does not wait. */
  submit(copies?: (encoder: GPUCommandEncoder) => void): void {
    if (!this.#open && !copies) return;
    const label = "neurite/submit";
    this.#faults.note(scoped(this.#device, label, () => {
      const encoder = this.#open?.encoder ?? this.#device.createCommandEncoder({ label });
      this.#open?.pass.end();
      copies?.(encoder);
      // A finished command buffer that is never submitted panics in Deno: nothing may stand between.
      this.#device.queue.submit([encoder.finish({ label })]);
    }));
    this.#open = null;
    this.#dispatches = 0;
    this.#epoch++;
  }

  #begin(): Open {
    const encoder = this.#device.createCommandEncoder({ label: "neurite/batch" });
    return { encoder, pass: encoder.beginComputePass({ label: "neurite/batch" }) };
  }
}
