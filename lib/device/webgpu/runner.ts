/**
 * Plans by signature, and their recording.
 *
 * @module
 */
import type { Graph, Value } from "../graph.ts";
import type { Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import { planGraph } from "./plan.ts";
import { UNUSED_SLOT } from "./plan_builder.ts";
import type { Poison } from "./poison.ts";
import { type PreparedPlan, type PreparedStep, preparePlan } from "./prepared.ts";

/** More plans than a script has programs; beyond it the one unused longest goes. */
const MAX_PLANS = 64;

/** Buffers by slot: one, or the parts of a table. */
export type Slots = ReadonlyMap<number, readonly Storage[]>;

/** A result of a recorded run. Each result holds its buffers once. */
export interface RunResult {
  readonly name: string;
  readonly value: Pick<Value, "shape" | "dtype">;
  readonly parts: readonly Storage[];
}

interface Entry {
  readonly preparing: Promise<PreparedPlan>;
  prepared: PreparedPlan | null;
  /** Runs between asking for the plan and recording it. */
  waiting: number;
}

/** Prepares plans once and records them. */
export class Runner {
  readonly #context: GpuContext;
  readonly #poison: Poison | null;
  readonly #entries = new Map<string, Entry>();

  constructor(context: GpuContext, poison: Poison | null) {
    this.#context = context;
    this.#poison = poison;
  }

  /** Records a graph; `inputs` is called when nothing waits any more, so it sees the live tensors. */
  async run(graph: Graph, inputs: () => Slots): Promise<RunResult[]> {
    const entry = this.#entry(graph);
    entry.waiting++;
    try {
      const prepared = await entry.preparing;
      await this.#context.faults.check();
      // From here on nothing waits, so that the commands of two runs never mix.
      return this.#record(prepared, inputs());
    } finally {
      entry.waiting--;
      this.#evict();
    }
  }

  #entry(graph: Graph): Entry {
    const signature = graph.signature();
    const known = this.#entries.get(signature);
    if (known) {
      // Moved to the end: the first of the map is the one unused longest.
      this.#entries.delete(signature);
      this.#entries.set(signature, known);
      return known;
    }
    const preparing = preparePlan(planGraph(graph, this.#context.limits), this.#context);
    const entry: Entry = { preparing, prepared: null, waiting: 0 };
    this.#entries.set(signature, entry);
    preparing.then(
      (prepared) => entry.prepared = prepared,
      () => this.#entries.delete(signature),
    );
    return entry;
  }

  #evict(): void {
    for (const [signature, { waiting, prepared }] of this.#entries) {
      if (this.#entries.size <= MAX_PLANS) return;
      if (waiting > 0 || !prepared) continue;
      this.#entries.delete(signature);
      for (const { pool, storage } of prepared.held) pool.release(storage);
    }
  }

  #record({ plan, steps, constants }: PreparedPlan, inputs: Slots): RunResult[] {
    const { storagePool, unused } = this.#context;
    const slots = new Map<number, readonly Storage[]>([[UNUSED_SLOT, [unused]], ...inputs]);
    for (const [slot, storage] of constants) slots.set(slot, [storage]);
    const take = ({ slot, bytes }: { slot: number; bytes: number }) => {
      const storage = storagePool.acquire(bytes, `neurite/value/${slot}`);
      slots.set(slot, [storage]);
      this.#poison?.fill(storage);
    };
    plan.idle.forEach(take);
    steps.forEach((prepared, index) => {
      plan.schedule[index]!.take.forEach(take);
      this.#dispatch(prepared, slots);
      for (const slot of plan.schedule[index]!.give) storagePool.release(slots.get(slot)![0]!);
    });
    const results = plan.outputs.map(({ name, value, root }): RunResult => {
      const parts = slots.get(root.id)!;
      for (const storage of parts) storage.holders++;
      return { name, value: { shape: value.shape, dtype: root.dtype }, parts };
    });
    for (const slot of plan.owned) storagePool.release(slots.get(slot)![0]!);
    return results;
  }

  #dispatch({ step, compiled, params }: PreparedStep, slots: Slots): void {
    const storages = step.operands.map(({ slot, part }) => slots.get(slot)![part]!);
    const group = this.#context.bindGroups.get(step, compiled, storages, params);
    const used = [...storages, params.storage];
    this.#context.recorder.dispatch(compiled.pipeline, group, step.groups, used);
  }
}
