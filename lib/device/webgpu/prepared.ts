/**
 * A plan with its pipelines compiled and its parameters on the device.
 *
 * @module
 */
import type { ParamsSlice } from "./bind_groups.ts";
import type { BufferPool, Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import type { Compiled } from "./pipelines.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./step.ts";

/** A step ready to record. */
export interface PreparedStep {
  readonly step: Step;
  readonly compiled: Compiled;
  readonly params: ParamsSlice;
}

/** A plan ready to run any number of times. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly steps: readonly PreparedStep[];
  /** Buffers of the plan's constants, by slot. */
  readonly constants: ReadonlyMap<number, Storage>;
  /** All buffers the plan holds. */
  readonly held: readonly { pool: BufferPool; storage: Storage }[];
}

/** Compiles every pipeline of a plan and uploads all parameters in one buffer. */
export async function preparePlan(plan: Plan, context: GpuContext): Promise<PreparedPlan> {
  const { pipelines, uniformPool, storagePool } = context;
  const compiled = await Promise.all(
    plan.steps.map(({ kernel, constants }) => pipelines.get(kernel, constants)),
  );
  const alignment = context.gpu.limits.minUniformBufferOffsetAlignment;
  const offsets: number[] = [];
  let size = 0;
  for (const { params } of plan.steps) {
    offsets.push(size);
    size += Math.ceil(params.byteLength / alignment) * alignment;
  }
  const packed = new Uint8Array(size);
  plan.steps.forEach(({ params }, index) => packed.set(params, offsets[index]!));
  const uniforms = uniformPool.acquire(size, "neurite/plan/params");
  context.fill(uniforms, packed);
  const constants = new Map(plan.constants.map(({ slot, data }) => {
    const storage = storagePool.acquire(data.byteLength, "neurite/plan/constant");
    context.fill(storage, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return [slot, storage] as const;
  }));
  return {
    plan,
    constants,
    steps: plan.steps.map((step, index) => ({
      step,
      compiled: compiled[index]!,
      params: { storage: uniforms, offset: offsets[index]!, bytes: step.params.byteLength },
    })),
    held: [
      { pool: uniformPool, storage: uniforms },
      ...[...constants.values()].map((storage) => ({ pool: storagePool, storage })),
    ],
  };
}
