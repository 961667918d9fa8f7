/**
 * Iterative path patching: one score for every sender (spec/greater_than section 2).
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { allSenders, type CircuitNode, depthOf } from "./nodes.ts";
import type { NodePrograms } from "./node_programs.ts";
import { patchedResidual, type RunPair } from "./evaluate.ts";
import {
  channelPlan,
  directPlan,
  lowMlpPlan,
  sweptPlace,
  type YearCircuit,
} from "./paper_circuit.ts";
import type { PatchPlan } from "./patch_plan.ts";
import { meanAndSd, probDiff, YEARS } from "./year_metrics.ts";

/** Rows of a sweep evaluated at once: bounds its memory at a few hundred MB for GPT-2 small. */
const MOST_ROWS = 8192;

/** What sweeps need besides the circuit. */
export interface SweepContext {
  readonly programs: NodePrograms;
  /** Base the good run, patch the bad run: important senders score below 0. */
  readonly pair: RunPair;
  readonly YY: Int32Array;
  readonly yearTokenIds: Int32Array;
  /** Mean probability difference of the base run. */
  readonly baseline: number;
  /** Told after each group of senders with senders done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Scores of all senders and how many could not reach the receiver. */
export interface SweepScores {
  /** f64 `[L, H + 1]`: heads, then the MLP; exactly 0 where unreachable. */
  readonly scores: HostArray<Float64Array>;
  /** Senders that no path of the plan begins at. */
  readonly unreachable: number;
}

/** Mean probability difference after final residuals `[S·N, D]`: one number a sender. */
async function meansOf(context: SweepContext, residual: Float64Array): Promise<number[]> {
  const { programs, YY, yearTokenIds } = context;
  const { logProbs } = await programs.answers(residual, yearTokenIds);
  const perSender = YY.length * YEARS;
  return Array.from({ length: logProbs.length / perSender }, (_, index) => {
    const part = logProbs.subarray(index * perSender, (index + 1) * perSender);
    return meanAndSd(probDiff(part.map(Math.exp), YY)).mean;
  });
}

/** A plan for those senders that it serves. */
interface Group {
  readonly plan: PatchPlan;
  readonly position: "END" | "YY";
  readonly senders: readonly CircuitNode[];
}

async function sweep(context: SweepContext, groups: readonly Group[]): Promise<SweepScores> {
  const { nLayer, nHead } = context.programs.model.config;
  const scores = new Float64Array(nLayer * (nHead + 1));
  const most = Math.max(1, Math.floor(MOST_ROWS / context.YY.length));
  const total = groups.reduce((sum, { senders }) => sum + senders.length, 0);
  let done = 0;
  for (const { plan, position, senders } of groups) {
    for (let start = 0; start < senders.length; start += most) {
      context.signal?.throwIfAborted();
      const part = senders.slice(start, start + most);
      const place = sweptPlace(position);
      const residual = await patchedResidual(context.programs, context.pair, plan, {
        place,
        senders: part,
      });
      const means = await meansOf(context, residual);
      part.forEach((node, index) => scores[cellOf(node, nHead)] = means[index]! - context.baseline);
      context.onProgress?.(done += part.length, total);
    }
  }
  return {
    scores: { data: scores, shape: [nLayer, nHead + 1] },
    unreachable: nLayer * (nHead + 1) - total,
  };
}

function cellOf(node: CircuitNode, nHead: number): number {
  if (node.kind === "head") return node.layer * (nHead + 1) + node.head;
  if (node.kind === "mlp") return node.layer * (nHead + 1) + nHead;
  throw new RangeError(`Cannot score "${node.kind}": no sender, expected a head or an MLP`);
}

/** Senders at END to the logits directly (`receiver` absent) or to MLP `receiver`. */
export function directSweep(
  context: SweepContext,
  mlps: readonly number[],
  receiver?: number,
): Promise<SweepScores> {
  const limit = receiver === undefined ? Infinity : depthOf({ kind: "mlp", layer: receiver });
  const senders = allSenders(context.programs.model.config).filter((node) => depthOf(node) < limit);
  return sweep(context, [{ plan: directPlan(mlps, receiver), position: "END", senders }]);
}

/**
 * Senders at YY to the queries, keys or values of the circuit's heads. Only the heads a sender reaches
 * are recomputed. A query at YY cannot reach END, so those scores are 0 without computing.
 */
export function channelSweep(
  context: SweepContext,
  circuit: Pick<YearCircuit, "mlps" | "heads">,
  channel: "q" | "k" | "v",
): Promise<SweepScores> {
  const { mlps, heads } = circuit;
  const reached = (sender: CircuitNode) =>
    heads.filter(([layer]) => depthOf(sender) < depthOf({ kind: "head", layer, head: 0 }));
  const reaching = allSenders(context.programs.model.config)
    .filter((sender) => reached(sender).length > 0);
  if (channel === "q") {
    const { nLayer, nHead } = context.programs.model.config;
    const data = new Float64Array(nLayer * (nHead + 1));
    const scores = { data, shape: [nLayer, nHead + 1] };
    return Promise.resolve({ scores, unreachable: data.length - reaching.length });
  }
  const groups = [...Map.groupBy(reaching, (sender) => reached(sender).length).values()]
    .map((senders): Group => ({
      plan: channelPlan({ mlps, heads: reached(senders[0]!) }, channel),
      position: "YY",
      senders,
    }));
  return sweep(context, groups);
}

/** Senders at YY to low MLP `low`, which feeds the values of the circuit's heads. */
export function lowMlpSweep(
  context: SweepContext,
  circuit: Pick<YearCircuit, "mlps" | "heads">,
  low: number,
): Promise<SweepScores> {
  const limit = depthOf({ kind: "mlp", layer: low });
  const senders = allSenders(context.programs.model.config).filter((node) => depthOf(node) < limit);
  return sweep(context, [{ plan: lowMlpPlan(circuit, low), position: "YY", senders }]);
}
