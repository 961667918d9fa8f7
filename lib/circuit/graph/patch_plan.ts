/**
 * Patch plans: which direct edges carry changed values (spec/greater_than section 2).
 *
 * A receiver's input is its base-run residual plus the changes of its senders. A sender that is
 * itself a receiver is recomputed; one that is not takes its whole patch-run value. Everything off
 * the plan stays at the base run.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import {
  type CircuitNode,
  depthOf,
  isAfter,
  LOGITS_PLACE,
  type Place,
  placeName,
  type Position,
} from "./nodes.ts";

/** An input of a head; MLPs and logits have one input, `x`. */
export type Channel = "q" | "k" | "v" | "x";

/** One direct edge. `whole` stands for a head's entire query input taken from the patch run. */
export interface Edge {
  readonly from: Place | "whole";
  readonly to: Place;
  readonly channel: Channel;
}

/** `m9@END->m10@END`, `m3@YY->a5.h5@END<v>`, `whole->a5.h5@END<q>`. */
export function edgeName({ from, to, channel }: Edge): string {
  const sender = from === "whole" ? "whole" : placeName(from);
  return `${sender}->${placeName(to)}${channel === "x" ? "" : `<${channel}>`}`;
}

/**
 * A set of edges, grouped by receiver; an edge given twice is there once.
 *
 * A receiver from which no edges lead to the logits changes nothing: such edges are kept, so that
 * plans can be built up from below, and are never computed.
 */
export class PatchPlan {
  /** The edges, each once. */
  readonly edges: readonly Edge[];
  readonly #into = new Map<string, Edge[]>();

  /**
   * @throws {NeuriteError} E-CIRCUIT for an edge that cannot carry anything ({@linkcode checkEdge}),
   * or for a head's query edges beside its whole query, which already takes all of them.
   */
  constructor(edges: readonly Edge[]) {
    edges.forEach(checkEdge);
    this.edges = [...new Map(edges.map((edge) => [edgeName(edge), edge])).values()];
    for (const edge of this.edges) {
      const key = placeName(edge.to);
      const into = this.#into.get(key) ?? [];
      if (into.length === 0) this.#into.set(key, into);
      into.push(edge);
    }
    for (const into of this.#into.values()) checkQueries(into);
  }

  /** The edges into a place; empty where the place is no receiver. */
  into(place: Place): readonly Edge[] {
    return this.#into.get(placeName(place)) ?? [];
  }

  /** This plan and more edges. */
  with(edges: readonly Edge[]): PatchPlan {
    return new PatchPlan([...this.edges, ...edges]);
  }

  /** The layers whose heads receive: what `CacheRequest.attentionLayers` must hold, in order. */
  attentionLayers(): number[] {
    const layers = this.edges.flatMap(({ to }) => to.node.kind === "head" ? [to.node.layer] : []);
    return [...new Set(layers)].sort((a, b) => a - b);
  }
}

/**
 * Refuses an edge that cannot carry anything.
 *
 * @throws {NeuriteError} E-CIRCUIT for a sender that is not computed before its receiver, a sender at
 * a later position, another position where only attention moves between positions, a channel the
 * receiver does not have, a whole input other than a query, or logits that nothing reads.
 */
export function checkEdge(edge: Edge): void {
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
    throw complain(
      channel === "x" ? "no channel" : `channel ${channel}`,
      isHead ? "q, k or v into a head" : "no channel into an MLP or the logits",
    );
  }
  if (to.node.kind === "input") throw complain("an edge into the input", "a later receiver");
  if (to.node.kind === "logits" && to.position !== LOGITS_PLACE.position) {
    throw complain(`logits at ${to.position}`, placeName(LOGITS_PLACE));
  }
  if (from === "whole") {
    if (channel !== "q") throw complain("a whole input", "a whole query of a head");
    return;
  }
  if (depthOf(from.node) >= depthOf(to.node)) {
    throw complain("a sender computed after its receiver", "a sender of an earlier layer");
  }
  if (from.position === to.position) return;
  // Only a head's keys and values read other positions; its query is at its own.
  if (channel === "x" || channel === "q") {
    throw complain("an edge between positions", "k or v of a head, which read other positions");
  }
  if (isAfter(from.position, to.position)) {
    throw complain("a sender at a later position", "one that the receiver's attention can read");
  }
}

function checkQueries(into: readonly Edge[]): void {
  const queries = into.filter(({ channel }) => channel === "q");
  const [shadowed] = queries.filter(({ from }) => from !== "whole");
  if (!shadowed || !queries.some(({ from }) => from === "whole")) return;
  throw cannot("E-CIRCUIT", {
    do: "patch along",
    thing: edgeName(shadowed),
    is: "an edge beside the head's whole query",
    expected: "either, for the whole query already takes everything of the patch run",
    hint: `leave out this edge or whole->${placeName(shadowed.to)}<q>`,
  });
}

/** An unchannelled edge between two nodes at one position. */
export function edge(from: CircuitNode, to: CircuitNode, position: Position): Edge {
  return { from: { node: from, position }, to: { node: to, position }, channel: "x" };
}
