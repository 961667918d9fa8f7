/**
 * The paper's circuit for GPT-2 small and the plans made of it (spec/greater_than sections 2 and 5).
 *
 * @module
 */
import type { CircuitNode, Place } from "./nodes.ts";
import { type Edge, edge, PatchPlan } from "./patch_plan.ts";

type Head = Extract<CircuitNode, { kind: "head" }>;
type Mlp = Extract<CircuitNode, { kind: "mlp" }>;

/** Nodes by their role. */
export interface YearCircuit {
  /** MLPs at END, in layer order. */
  readonly mlps: readonly number[];
  /** Heads at END that carry the start year, `[layer, head]`. */
  readonly heads: readonly (readonly [number, number])[];
  /** MLPs at YY. */
  readonly lowMlps: readonly number[];
  /** Heads at YY that feed the heads above. */
  readonly lowHeads: readonly (readonly [number, number])[];
  /** Those of the low heads that feed the low MLPs too. */
  readonly lowHeadsIntoMlps: readonly (readonly [number, number])[];
}

/** The paper's circuit. */
export const PAPER_CIRCUIT: YearCircuit = {
  mlps: [8, 9, 10, 11],
  heads: [[9, 1], [8, 11], [8, 8], [7, 10], [6, 9], [5, 5], [5, 1]],
  lowMlps: [0, 1, 2, 3],
  lowHeads: [[0, 1], [0, 3], [0, 5]],
  lowHeadsIntoMlps: [[0, 1]],
};

const LOGITS: CircuitNode = { kind: "logits" };
const mlpNode = (layer: number): Mlp => ({ kind: "mlp", layer });
const headNode = ([layer, head]: readonly [number, number]): Head => ({
  kind: "head",
  layer,
  head,
});

/** MLPs at END among themselves and to the logits: every chain of them. */
function chains(mlps: readonly number[]): Edge[] {
  return mlps.flatMap((layer) => [
    edge(mlpNode(layer), LOGITS, "END"),
    ...mlps.filter((later) => later > layer)
      .map((later) => edge(mlpNode(layer), mlpNode(later), "END")),
  ]);
}

/**
 * `ms`: heads to the MLPs of their layer and later, and to the logits, along every MLP chain. An MLP
 * below all heads receives nothing, so it is no sender either: as a leaf it would take its patch value.
 */
export function upperPlan(circuit: Pick<YearCircuit, "mlps" | "heads">): PatchPlan {
  const { heads } = circuit;
  const lowest = Math.min(...heads.map(([layer]) => layer));
  const mlps = circuit.mlps.filter((layer) => layer >= lowest);
  return new PatchPlan([
    ...chains(mlps),
    ...heads.flatMap((head) => [
      edge(headNode(head), LOGITS, "END"),
      ...mlps.filter((layer) => layer >= head[0])
        .map((layer) => edge(headNode(head), mlpNode(layer), "END")),
    ]),
  ]);
}

/** `lms`: the upper plan with its heads recomputed from the low nodes, down to the embeddings. */
export function wholePlan(circuit: YearCircuit): PatchPlan {
  const { heads, lowMlps, lowHeads, lowHeadsIntoMlps } = circuit;
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
  return upperPlan(circuit).with([...intoHeads, ...intoMlps]);
}

/** The swept leaf's stand-in: any node below all receivers, replaced by each sender in turn. */
export function sweptPlace(position: Place["position"]): Place {
  return { node: { kind: "input" }, position };
}

/** Sender to the logits (`receiver` absent), or to MLP `receiver` and on along the `mlps` above it. */
export function directPlan(mlps: readonly number[], receiver?: number): PatchPlan {
  if (receiver === undefined) {
    return new PatchPlan([edge({ kind: "input" }, LOGITS, "END")]);
  }
  const above = mlps.filter((layer) => layer >= receiver);
  return new PatchPlan([
    ...chains(above),
    edge({ kind: "input" }, mlpNode(receiver), "END"),
  ]);
}

/** Sender at YY to one channel of the given heads, and on along the upper plan. */
export function channelPlan(
  { mlps, heads }: Pick<YearCircuit, "mlps" | "heads">,
  channel: "k" | "v",
): PatchPlan {
  return upperPlan({ mlps, heads }).with(heads.map((head): Edge => ({
    from: sweptPlace("YY"),
    to: { node: headNode(head), position: "END" },
    channel,
  })));
}

/** Sender at YY to a low MLP, and on by the values of the heads along the upper plan. */
export function lowMlpPlan(
  { mlps, heads }: Pick<YearCircuit, "mlps" | "heads">,
  low: number,
): PatchPlan {
  const place: Place = { node: mlpNode(low), position: "YY" };
  return upperPlan({ mlps, heads }).with([
    edge({ kind: "input" }, mlpNode(low), "YY"),
    ...heads.filter(([layer]) => layer > low).map((head): Edge => ({
      from: place,
      to: { node: headNode(head), position: "END" },
      channel: "v",
    })),
  ]);
}
