/**
 * Parts of a circuit: which edges lie between a place and the logits, and which nodes play which role.
 *
 * @module
 */
import { type CircuitNode, depthOf, nodeName, type Place, placeName } from "./nodes.ts";
import type { Edge } from "./patch_plan.ts";

/** A head as circuits hold it. */
export type HeadNode = Extract<CircuitNode, { kind: "head" }>;

/** Nodes by the part they play in the paper's figure. */
export interface CircuitRoles {
  /** MLPs at END, by layer. */
  readonly mlps: readonly number[];
  /** Heads at END, later layers first. */
  readonly heads: readonly HeadNode[];
  /** MLPs at YY, by layer. */
  readonly lowMlps: readonly number[];
  /** Heads at YY. */
  readonly lowHeads: readonly HeadNode[];
}

/** The edges of every route from the given places up to the logits; none of those below them. */
export function routesAbove(edges: readonly Edge[], places: readonly Place[]): Edge[] {
  const reached = new Set(places.map(placeName));
  const kept = new Set<Edge>();
  // Receivers in order of depth: what a place sends is known before its receivers are looked at.
  for (const edge of edges.toSorted((a, b) => depthOf(a.to.node) - depthOf(b.to.node))) {
    if (edge.from === "whole" || !reached.has(placeName(edge.from))) continue;
    kept.add(edge);
    reached.add(placeName(edge.to));
  }
  return edges.filter((edge) => kept.has(edge));
}

/** The upper part of a circuit (`ms`): heads at END become its leaves, nothing below them is kept. */
export function upperEdges(edges: readonly Edge[]): Edge[] {
  return edges.filter(({ to, channel }) => channel === "x" && to.position === "END");
}

/** Whether a circuit goes on below its heads at END (`lms`). */
export function hasLowerPart(edges: readonly Edge[]): boolean {
  return upperEdges(edges).length < edges.length;
}

/** Every place of a circuit, once, in order of computation. */
export function placesOf(edges: readonly Edge[]): Place[] {
  const places = new Map<string, Place>();
  for (const { from, to } of edges) {
    if (from !== "whole") places.set(placeName(from), from);
    places.set(placeName(to), to);
  }
  return [...places.values()].sort((a, b) =>
    depthOf(a.node) - depthOf(b.node) || placeName(a).localeCompare(placeName(b))
  );
}

/** The roles of a circuit's nodes. */
export function circuitRoles(edges: readonly Edge[]): CircuitRoles {
  const places = placesOf(edges);
  const layers = (position: Place["position"]) =>
    places.flatMap(({ node, position: at }) =>
      node.kind === "mlp" && at === position ? [node.layer] : []
    );
  const heads = (position: Place["position"]) =>
    places.flatMap(({ node, position: at }) =>
      node.kind === "head" && at === position ? [node] : []
    );
  return {
    mlps: layers("END"),
    heads: heads("END").sort((a, b) => b.layer - a.layer || b.head - a.head),
    lowMlps: layers("YY"),
    lowHeads: heads("YY"),
  };
}

/**
 * The layers whose attention a run must keep for a circuit: those of its heads at END, which sweeps
 * reach by channels, and of every head that receives.
 */
export function attentionLayersOf(edges: readonly Edge[]): number[] {
  const receiving = edges.flatMap(({ to }) => to.node.kind === "head" ? [to.node.layer] : []);
  const atEnd = circuitRoles(edges).heads.map(({ layer }) => layer);
  return [...new Set([...receiving, ...atEnd])].sort((a, b) => a - b);
}

/** `a9.h1, a8.h11; m8, m9`: a circuit's nodes for people. */
export function describeRoles({ mlps, heads, lowMlps, lowHeads }: CircuitRoles): string {
  const names = (nodes: readonly CircuitNode[]) => nodes.map(nodeName).join(" ");
  const layers = (list: readonly number[]) => list.map((layer) => `m${layer}`).join(" ");
  const low = [layers(lowMlps), names(lowHeads)].filter(Boolean).join(" ");
  return `at END ${[names(heads), layers(mlps)].filter(Boolean).join(" ") || "nothing"}` +
    `; at YY ${low || "nothing"}`;
}
