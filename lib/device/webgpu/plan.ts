/**
 * A graph compiled for a device: its dispatches, and when each buffer is needed.
 *
 * @module
 */
import type { Graph, Value } from "../graph.ts";
import { lowerNode } from "./lowering/mod.ts";
import { PlanBuilder, type PlanConstant, type PlanLimits } from "./plan_builder.ts";
import type { Step } from "./step.ts";

/** When a slot's buffer is taken and given back, by step number. */
export interface Schedule {
  /** Slots to take before the step, with their bytes. */
  readonly take: readonly { slot: number; bytes: number }[];
  /** Slots to give back after it. */
  readonly give: readonly number[];
}

/** A result of a plan. */
export interface PlanOutput {
  readonly name: string;
  readonly value: Value;
  /** The value that owns the buffer; another one than `value` for a view. */
  readonly root: Value;
}

/** What {@linkcode planGraph} makes. */
export interface Plan {
  readonly steps: readonly Step[];
  /** One entry a step. */
  readonly schedule: readonly Schedule[];
  readonly constants: readonly PlanConstant[];
  readonly outputs: readonly PlanOutput[];
  /** Result slots that no step writes, because they hold no elements. */
  readonly idle: readonly { slot: number; bytes: number }[];
  /** Result slots that are the plan's own, not its inputs'. */
  readonly owned: readonly number[];
}

/** Turns a graph into dispatches over slots. Pure: needs no device. */
export function planGraph(graph: Graph, limits: PlanLimits): Plan {
  const inputs = [...graph.inputs.values()];
  const values = [...inputs, ...graph.nodes.flatMap((node) => node.outputs)];
  const firstSlot = values.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  const builder = new PlanBuilder(limits, firstSlot, new Set(inputs.map(({ id }) => id)));
  for (const node of graph.nodes) lowerNode(builder, node);
  const outputs = [...graph.outputs].map(([name, value]) => ({
    name,
    value,
    root: builder.root(value),
  }));
  const kept = new Set(outputs.map(({ root }) => root.id));
  return {
    ...schedule(builder, kept),
    steps: builder.steps,
    constants: builder.constants,
    outputs,
    owned: [...kept].filter((slot) => builder.slotBytes.has(slot)),
  };
}

/** A slot lives from the first step that names it to the last, or on, where it is a result. */
function schedule(
  { steps, slotBytes }: PlanBuilder,
  kept: ReadonlySet<number>,
): Pick<Plan, "schedule" | "idle"> {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  steps.forEach(({ operands }, index) =>
    operands.forEach(({ slot }) => {
      if (!slotBytes.has(slot)) return;
      if (!first.has(slot)) first.set(slot, index);
      last.set(slot, index);
    })
  );
  const plan = steps.map(() => ({
    take: [] as { slot: number; bytes: number }[],
    give: [] as number[],
  }));
  const idle: { slot: number; bytes: number }[] = [];
  for (const [slot, bytes] of slotBytes) {
    const start = first.get(slot);
    if (start === undefined) {
      if (kept.has(slot)) idle.push({ slot, bytes });
      continue;
    }
    plan[start]!.take.push({ slot, bytes });
    if (!kept.has(slot)) plan[last.get(slot)!]!.give.push(slot);
  }
  return { schedule: plan, idle };
}
