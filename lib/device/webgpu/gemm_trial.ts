/**
 * One GEMM with a forced variant, outside of any graph: for the tests that hold the variants to the
 * same bits, and for the bench.
 *
 * @module
 */
import type { Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import { type GemmVariant, lowerGemm } from "./lowering/gemm.ts";
import { PlanBuilder, UNUSED_SLOT } from "./plan_builder.ts";
import { preparePlan } from "./prepared.ts";

/** The product `a · b`, a `[m, k]` or transposed `[k, m]`, b `[k, n]` or transposed `[n, k]`. */
export interface TrialShape {
  m: number;
  n: number;
  k: number;
  transposedA?: boolean;
  transposedB?: boolean;
}

/** A GEMM ready to be recorded again and again. */
export interface Trial extends Disposable {
  /** Records the product `times` times. */
  record(times: number): void;
  /** Submits and waits; the result `[m, n]`. */
  read(): Promise<Float32Array>;
  /** Submits and waits without reading more than one element. */
  wait(): Promise<void>;
}

/** Uploads the operands and compiles the variant. */
export async function openTrial(
  context: GpuContext,
  variant: GemmVariant,
  problem: { shape: TrialShape; a: Float32Array; b: Float32Array },
): Promise<Trial> {
  const { m, n, k, transposedA = false, transposedB = false } = problem.shape;
  const builder = new PlanBuilder(context.limits, 0, new Set());
  const [a, b, c] = [[m, k], [k, n], [m, n]].map((shape) => builder.temporary(shape));
  lowerGemm(builder, {
    name: "trial",
    m,
    n,
    k,
    a: a!,
    b: b!,
    c: c!,
    transposedA,
    transposedB,
    aRow: transposedA ? m : k,
    bRow: transposedB ? k : n,
    cRow: n,
    variant,
  });
  const { steps, constants } = builder;
  const plan = { steps, constants, schedule: [], outputs: [], idle: [], owned: [] };
  const prepared = await preparePlan(plan, context);
  const acquire = (elements: number) => context.storagePool.acquire(4 * elements, "neurite/trial");
  const storages = [acquire(m * k), acquire(k * n), acquire(m * n)];
  const slots = new Map<number, Storage>([[UNUSED_SLOT, context.unused]]);
  storages.forEach((storage, slot) => slots.set(slot, storage));
  context.fill(storages[0]!, new Uint8Array(problem.a.buffer));
  context.fill(storages[1]!, new Uint8Array(problem.b.buffer));

  async function fetch(bytes: number): Promise<ArrayBuffer> {
    const staging = context.stagingPool.acquire(bytes, "neurite/trial/read");
    context.recorder.submit((encoder) =>
      encoder.copyBufferToBuffer(storages[2]!.buffer, 0, staging.buffer, 0, bytes)
    );
    await context.faults.check();
    await staging.buffer.mapAsync(GPUMapMode.READ, 0, bytes);
    const copy = staging.buffer.getMappedRange(0, bytes).slice(0);
    staging.buffer.unmap();
    context.stagingPool.release(staging);
    return copy;
  }

  return {
    record(times) {
      for (const { step, compiled, params } of prepared.steps) {
        const bound = step.operands.map(({ slot }) => slots.get(slot)!);
        const group = context.bindGroups.get(step, compiled, bound, params);
        for (let i = 0; i < times; i++) {
          const used = [...bound, params.storage];
          context.recorder.dispatch(compiled.pipeline, group, step.groups, used);
        }
      }
    },
    read: async () => new Float32Array(await fetch(4 * m * n)),
    wait: async () => void await fetch(4),
    [Symbol.dispose]() {
      storages.forEach((storage) => context.storagePool.release(storage));
      for (const { pool, storage } of prepared.held) pool.release(storage);
    },
  };
}
