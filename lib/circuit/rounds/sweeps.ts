/**
 * Iterative path patching: what each sender changes when it alone sends its patch-run value to some
 * receivers, and on along a circuit (spec/greater_than section 2).
 *
 * @module
 */
import type { ContrastTask } from "../task/contrast_task.ts";
import { KnownEffects } from "./known_effects.ts";
import { patchedResidual } from "../patch/evaluate.ts";
import type { RunPair } from "../patch/run_pair.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import {
  allSenders,
  type CircuitNode,
  depthOf,
  LOGITS_PLACE,
  type Place,
  type Position,
} from "../graph/nodes.ts";
import { type Channel, type Edge, PatchPlan } from "../graph/patch_plan.ts";
import { circuitRoles, routesAbove, upperEdges } from "../graph/routes.ts";
import { signedSums } from "../task/year_metrics.ts";

/** Rows of a sweep evaluated at once: a hundred MB of residuals for GPT-2 small. */
const MOST_ROWS = 2048;

/** Answers of a sweep evaluated at once, rows times labels. */
const MOST_ANSWERS = 2 ** 21;

/** What sweeps need besides the circuit. */
export interface SweepContext {
  readonly programs: NodePrograms;
  /** Base the good run, patch the bad run: important senders score below 0. */
  readonly pair: RunPair;
  /** Labels and signs of the N prompts of both runs. */
  readonly task: Pick<ContrastTask, "labelIds" | "signs">;
  /** f64 `[N]`, probability differences of the base run. */
  readonly baseline: Float64Array;
  /** Effects on the same prompts that need not be computed again. */
  readonly known?: KnownEffects | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Changes of the probability difference by sender and prompt. */
export interface SenderEffects {
  /** The S senders that reach a receiver. */
  readonly senders: readonly CircuitNode[];
  /** f64 `[S, N]`. */
  readonly effects: Float64Array;
}

/** An input of a node that senders are swept into. */
export interface Receiver {
  readonly to: Place;
  readonly channel: Channel;
}

/** Where and what is swept. */
export interface SweepRequest {
  readonly receivers: readonly Receiver[];
  /** The routes on from the receivers; edges elsewhere do not matter. */
  readonly edges: readonly Edge[];
  /** Where the senders stand. */
  readonly position: Position;
  /** All of these that reach a receiver. @default every head and MLP */
  readonly senders?: readonly CircuitNode[] | undefined;
}

/** The swept leaf's stand-in: a node that is no receiver, replaced by each sender in turn. */
const STAND_IN: CircuitNode = { kind: "input" };

/** The plan by which any sender at a position reaches some receivers, and they the logits. */
export function sweepPlan(
  { edges, position }: Pick<SweepRequest, "edges" | "position">,
  into: readonly Receiver[],
): PatchPlan {
  const from = { node: STAND_IN, position };
  return new PatchPlan([
    ...routesAbove(edges, into.map(({ to }) => to)),
    ...into.map((receiver): Edge => ({ from, ...receiver })),
  ]);
}

/**
 * Sweeps senders into receivers. A sender changes only those receivers that are computed after it; the
 * others stay at the base run. Senders that reach none are left out: their effect is exactly 0.
 */
export async function sweepInto(
  context: SweepContext,
  request: SweepRequest,
): Promise<SenderEffects> {
  const { programs, baseline, known = new KnownEffects() } = context;
  const { receivers, senders } = request;
  const reached = (sender: CircuitNode) => receiversOf(sender, receivers);
  const reaching = (senders ?? allSenders(programs.model.config))
    .filter((sender) => reached(sender).length > 0);
  const N = baseline.length;
  const effects = new Float64Array(reaching.length * N);
  for (const group of Map.groupBy(reaching, (sender) => reached(sender).length).values()) {
    const plan = sweepPlan(request, reached(group[0]!));
    const unknown = group.filter((sender) => !known.get(plan, sender));
    await computeEffects({ ...context, known }, plan, {
      place: { node: STAND_IN, position: request.position },
      senders: unknown,
    });
    for (const sender of group) {
      effects.set(known.get(plan, sender)!, reaching.indexOf(sender) * N);
    }
  }
  return { senders: reaching, effects };
}

/** Computes what each of some senders changes in the place of the plan's leaf. */
async function computeEffects(
  { programs, pair, task, baseline, known, signal }: SweepContext & { known: KnownEffects },
  plan: PatchPlan,
  { place, senders }: { place: Place; senders: readonly CircuitNode[] },
): Promise<void> {
  const N = baseline.length;
  const C = task.labelIds.length;
  const most = Math.max(1, Math.floor(Math.min(MOST_ROWS, MOST_ANSWERS / C) / N));
  for (let start = 0; start < senders.length; start += most) {
    signal?.throwIfAborted();
    const part = senders.slice(start, start + most);
    const residual = await patchedResidual(programs, pair, plan, { place, senders: part });
    const logProbs = await programs.logProbs(residual, task.labelIds);
    const patched = signedSums(logProbs.map(Math.exp), task.signs, C);
    part.forEach((sender, index) => {
      const own = patched.subarray(index * N, (index + 1) * N);
      known.set(plan, sender, own.map((value, n) => value - baseline[n]!));
    });
  }
}

/** Those receivers that are computed after a sender. */
function receiversOf(sender: CircuitNode, receivers: readonly Receiver[]): Receiver[] {
  return receivers.filter(({ to }) => depthOf(sender) < depthOf(to.node));
}

const mlpAt = (layer: number, position: Position): Place => ({
  node: { kind: "mlp", layer },
  position,
});

/** Senders at END to the logits directly (`receiver` absent) or to MLP `receiver`. */
export function directSweep(
  context: SweepContext,
  edges: readonly Edge[],
  receiver?: number,
): Promise<SenderEffects> {
  const to = receiver === undefined ? LOGITS_PLACE : mlpAt(receiver, "END");
  return sweepInto(context, { receivers: [{ to, channel: "x" }], edges, position: "END" });
}

/**
 * Senders at YY to the queries, keys or values of the circuit's heads at END. A query at END reads
 * nothing at YY, so no sender reaches one: all its scores are 0 without computing.
 */
export async function channelSweep(
  context: SweepContext,
  edges: readonly Edge[],
  channel: "q" | "k" | "v",
): Promise<SenderEffects> {
  const upper = upperEdges(edges);
  const { heads } = circuitRoles(upper);
  const receivers = heads.map((node): Receiver => ({ to: { node, position: "END" }, channel }));
  if (channel === "q") {
    const senders = allSenders(context.programs.model.config)
      .filter((sender) => receiversOf(sender, receivers).length > 0);
    return { senders, effects: new Float64Array(senders.length * context.baseline.length) };
  }
  return await sweepInto(context, { receivers, edges: upper, position: "YY" });
}

/** Senders at YY to low MLP `low`, which feeds the values of the circuit's heads and nothing else. */
export function lowMlpSweep(
  context: SweepContext,
  edges: readonly Edge[],
  low: number,
): Promise<SenderEffects> {
  const upper = upperEdges(edges);
  const from = mlpAt(low, "YY");
  const values = circuitRoles(upper).heads.filter(({ layer }) => layer > low)
    .map((node): Edge => ({ from, to: { node, position: "END" }, channel: "v" }));
  return sweepInto(context, {
    receivers: [{ to: from, channel: "x" }],
    edges: [...upper, ...values],
    position: "YY",
  });
}
