/**
 * Patch plans: which direct edges carry changed values (spec/greater_than section 2).
 *
 * A receiver's input is its base-run residual plus the changes of its senders. A sender that is
 * itself a receiver is recomputed; one that is not takes its whole patch-run value. Everything off
 * the plan stays at the base run.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { type CircuitNode, depthOf, type Place, placeName, type Position } from "./nodes.ts";

/** An input of a head; MLPs and logits have one input, `x`. */
export type Channel = "q" | "k" | "v" | "x";

/** One direct edge. `whole` stands for a head's entire query input taken from the patch run. */
export interface Edge {
  readonly from: Place | "whole";
  readonly to: Place;
  readonly channel: Channel;
}

/** `m9@END->m10@END`, `m3@YY->a5.h5@END<v>`. */
export function edgeName({ from, to, channel }: Edge): string {
  const sender = from === "whole" ? "whole" : placeName(from);
  return `${sender}->${placeName(to)}${channel === "x" ? "" : `<${channel}>`}`;
}

/** Edges grouped by receiver. */
export class PatchPlan {
  readonly #into = new Map<string, Edge[]>();

  /**
   * @throws {NeuriteError} E-CIRCUIT for an edge that cannot carry anything: a sender that is not
   * computed before its receiver, another position where only attention moves between positions, or
   * a channel the receiver does not have.
   */
  constructor(readonly edges: readonly Edge[]) {
    for (const edge of edges) {
      checkEdge(edge);
      const key = placeName(edge.to);
      this.#into.set(key, [...(this.#into.get(key) ?? []), edge]);
    }
  }

  /** The edges into a place; empty where the place is no receiver. */
  into(place: Place): readonly Edge[] {
    return this.#into.get(placeName(place)) ?? [];
  }

  /** This plan and more edges. */
  with(edges: readonly Edge[]): PatchPlan {
    return new PatchPlan([...this.edges, ...edges]);
  }
}

function checkEdge(edge: Edge): void {
  const { from, to, channel } = edge;
  const complain = (is: string, expected: string) =>
    cannot("E-CIRCUIT", {
      do: "patch along",
      thing: edgeName(edge),
      is,
      expected,
      hint: "see docs/circuits.md for the edges a plan may have",
    });
  const isHead = to.node.kind === "head";
  if (isHead === (channel === "x")) {
    throw complain(`channel ${channel}`, isHead ? "q, k or v into a head" : "no channel");
  }
  if (to.node.kind === "input") throw complain("an edge into the input", "a later receiver");
  if (from === "whole") {
    if (channel !== "q") throw complain("a whole input", "a whole query");
    return;
  }
  if (depthOf(from.node) >= depthOf(to.node)) {
    throw complain("a sender computed after its receiver", "a sender of an earlier layer");
  }
  // Only a head's keys and values read other positions; its query is at its own.
  const sameNeeded = channel === "x" || channel === "q";
  if (sameNeeded && from.position !== to.position) {
    throw complain("an edge between positions", "k or v of a head, which read other positions");
  }
}

/** An unchannelled edge between two nodes at one position. */
export function edge(from: CircuitNode, to: CircuitNode, position: Position): Edge {
  return { from: { node: from, position }, to: { node: to, position }, channel: "x" };
}
