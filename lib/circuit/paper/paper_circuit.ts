/**
 * The paper's circuit for GPT-2 small (spec/greater_than sections 2 and 5), and circuits of its form
 * with other nodes.
 *
 * @module
 */
import type { Circuit } from "../graph/circuit.ts";
import type { CircuitNode, Place } from "../graph/nodes.ts";
import { type Edge, edge } from "../graph/patch_plan.ts";
import type { HeadNode } from "../graph/routes.ts";

/** `[layer, head]`. */
export type HeadIndex = readonly [number, number];

/** The nodes of a circuit of the paper's form. */
export interface YearNodes {
  /** MLPs at END, in layer order. */
  readonly mlps: readonly number[];
  /** Heads at END that carry the start year. */
  readonly heads: readonly HeadIndex[];
  /** MLPs at YY. */
  readonly lowMlps: readonly number[];
  /** Heads at YY that feed the heads above. */
  readonly lowHeads: readonly HeadIndex[];
  /** Those of the low heads that feed the low MLPs too. */
  readonly lowHeadsIntoMlps: readonly HeadIndex[];
}

/** The paper's nodes. */
export const PAPER_NODES: YearNodes = {
  mlps: [8, 9, 10, 11],
  heads: [[9, 1], [8, 11], [8, 8], [7, 10], [6, 9], [5, 5], [5, 1]],
  lowMlps: [0, 1, 2, 3],
  lowHeads: [[0, 1], [0, 3], [0, 5]],
  lowHeadsIntoMlps: [[0, 1]],
};

const LOGITS: CircuitNode = { kind: "logits" };
const mlpNode = (layer: number) => ({ kind: "mlp", layer }) as const;
const headNode = ([layer, head]: HeadIndex): HeadNode => ({ kind: "head", layer, head });

/**
 * `ms`: heads to the MLPs of their layer and later, and to the logits, along every chain
 * of MLPs. An MLP below all heads receives nothing, so it is no sender either: as a leaf it would
 * take its patch value.
 */
export function upperRoutes({ mlps, heads }: Pick<YearNodes, "mlps" | "heads">): Edge[] {
  const lowest = Math.min(...heads.map(([layer]) => layer));
  const above = mlps.filter((layer) => layer >= lowest);
  return [
    ...mlpChains(above),
    ...heads.flatMap((head) => [
      edge(headNode(head), LOGITS, "END"),
      ...above.filter((layer) => layer >= head[0])
        .map((layer) => edge(headNode(head), mlpNode(layer), "END")),
    ]),
  ];
}

/** MLPs at END among themselves and to the logits: every chain of them. */
export function mlpChains(mlps: readonly number[]): Edge[] {
  return mlps.flatMap((layer) => [
    edge(mlpNode(layer), LOGITS, "END"),
    ...mlps.filter((later) => later > layer)
      .map((later) => edge(mlpNode(layer), mlpNode(later), "END")),
  ]);
}

/** `lms`: the upper routes with their heads recomputed from the low nodes, down to the embeddings. */
export function wholeRoutes(nodes: YearNodes): Edge[] {
  const { heads, lowMlps, lowHeads, lowHeadsIntoMlps } = nodes;
  const low: Place[] = [
    ...lowMlps.map((layer): Place => ({ node: mlpNode(layer), position: "YY" })),
    ...lowHeads.map((head): Place => ({ node: headNode(head), position: "YY" })),
  ];
  const intoHeads = heads.flatMap((head): Edge[] => {
    const to: Place = { node: headNode(head), position: "END" };
    return [
      { from: "whole", to, channel: "q" },
      ...(["k", "v"] as const).flatMap((channel) => low.map((from) => ({ from, to, channel }))),
    ];
  });
  const intoMlps = lowMlps.flatMap((layer) => [
    edge({ kind: "input" }, mlpNode(layer), "YY"),
    ...lowMlps.filter((lower) => lower < layer)
      .map((lower) => edge(mlpNode(lower), mlpNode(layer), "YY")),
    ...lowHeadsIntoMlps.filter(([lower]) => lower <= layer)
      .map((head) => edge(headNode(head), mlpNode(layer), "YY")),
  ]);
  return [...upperRoutes(nodes), ...intoHeads, ...intoMlps];
}

/** The paper's circuit. */
export const PAPER_CIRCUIT: Circuit = {
  name: "paper",
  edges: wholeRoutes(PAPER_NODES),
  provenance: {
    source: "Hanna, Liu, Variengien 2023, How does GPT-2 compute greater-than?",
    model: "gpt2",
    method: "iterative path patching, nodes chosen by hand",
  },
};
