/**
 * Many plans that differ in one leaf, evaluated at once.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { type CircuitNode, type Place, placeName } from "../graph/nodes.ts";
import { checkEdge, edgeName, type PatchPlan } from "../graph/patch_plan.ts";

/**
 * Several plans evaluated at once that differ in one leaf only: in the plan it stands as `place`, and
 * in the `i`-th of them it is `senders[i]` at the same position.
 */
export interface Sweep {
  readonly place: Place;
  readonly senders: readonly CircuitNode[];
}

/**
 * Refuses a sweep whose plans would not be what patch plans are.
 *
 * @throws {NeuriteError} E-CIRCUIT where the swept place is no leaf, where a sender is recomputed
 * elsewhere in the plan, already sends along one of the swept edges, or is not computed before their
 * receivers.
 */
export function checkSweep(plan: PatchPlan, { place, senders }: Sweep): void {
  const complain = (thing: string, is: string, expected: string) =>
    cannot("E-CIRCUIT", {
      do: "sweep",
      thing,
      is,
      expected,
      hint: "see docs/circuits.md for what a sweep may replace",
    });
  if (plan.into(place).length > 0) {
    throw complain(placeName(place), "a place that the plan recomputes", "a leaf of the plan");
  }
  const swept = placeName(place);
  const names = new Set(plan.edges.map(edgeName));
  const edges = plan.edges.filter(({ from }) => from !== "whole" && placeName(from) === swept);
  for (const node of senders) {
    const from = { node, position: place.position };
    if (plan.into(from).length > 0) {
      throw complain(placeName(from), "a sender that the plan recomputes", "a leaf");
    }
    for (const edge of edges) {
      const replaced = { ...edge, from };
      checkEdge(replaced);
      if (placeName(from) !== swept && names.has(edgeName(replaced))) {
        throw complain(edgeName(replaced), "an edge of the plan beside the sweep", "a new edge");
      }
    }
  }
}
