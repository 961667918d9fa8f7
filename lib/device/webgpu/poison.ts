/**
 * Fills buffers with a bit pattern before a kernel writes them, so that a test sees every cell that
 * no thread wrote: some drivers skip dispatches silently.
 *
 * @module
 */
import type { Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import { packParams } from "./interface.ts";
import type { Compiled } from "./pipelines.ts";
import { type Step, wrapGroups } from "./step.ts";

/** Poisons buffers of one context. */
export class Poison {
  readonly #context: GpuContext;
  readonly #pattern: number;
  readonly #compiled: Compiled;
  readonly #params = new Map<number, Storage>();

  private constructor(context: GpuContext, pattern: number, compiled: Compiled) {
    this.#context = context;
    this.#pattern = pattern;
    this.#compiled = compiled;
  }

  /** Compiles the fill kernel. */
  static async open(context: GpuContext, pattern: number): Promise<Poison> {
    return new Poison(context, pattern, await context.pipelines.get("fill"));
  }

  /** Records a fill of the whole buffer. */
  fill(storage: Storage): void {
    const count = storage.bytes / 4;
    const params = packParams("fill", { count, pattern: this.#pattern });
    const step: Step = {
      kernel: "fill",
      label: "neurite/fill/poison",
      constants: {},
      operands: [],
      params,
      groups: wrapGroups(Math.ceil(count / 256)),
    };
    const uniform = this.#params.get(count) ?? this.#upload(count, params);
    const slice = { storage: uniform, offset: 0, bytes: params.byteLength };
    const group = this.#context.bindGroups.get(step, this.#compiled, [storage], slice);
    const used = [storage, uniform];
    this.#context.recorder.dispatch(this.#compiled.pipeline, group, step.groups, used);
  }

  #upload(count: number, params: Uint8Array): Storage {
    const uniform = this.#context.uniformPool.acquire(params.byteLength, "neurite/fill/params");
    this.#context.fill(uniform, params);
    this.#params.set(count, uniform);
    return uniform;
  }
}
