/**
 * Effects that were computed before in a round: a circuit's edge is a cell of its receiver's matrix.
 *
 * @module
 */
import { type CircuitNode, nodeName } from "../graph/nodes.ts";
import { edgeName, type PatchPlan } from "../graph/patch_plan.ts";

/** Effects f64 `[N]` of senders under plans, on the prompts of one round. */
export class KnownEffects {
  readonly #effects = new Map<string, Float64Array>();

  /** The effect of a sender in the place of a plan's leaf, or undefined. */
  get(plan: PatchPlan, sender: CircuitNode): Float64Array | undefined {
    return this.#effects.get(keyOf(plan, sender));
  }

  /** Keeps an effect. */
  set(plan: PatchPlan, sender: CircuitNode, effects: Float64Array): void {
    this.#effects.set(keyOf(plan, sender), effects);
  }
}

function keyOf({ edges }: PatchPlan, sender: CircuitNode): string {
  return [nodeName(sender), ...edges.map(edgeName).sort()].join(" ");
}
