/**
 * Senders straight into the logits. A head's change lies in a space of d_head dimensions, so with a few
 * hundred prompts the projected unembedding is cheaper than whole residuals (spec/greater_than 4.3).
 *
 * @module
 */
import { FinalUpdates, mostPromptsHeld } from "../../model/final/final_updates.ts";
import { allSenders, LOGITS_PLACE } from "../graph/nodes.ts";
import type { HeadNode } from "../graph/routes.ts";
import { headColumns } from "../patch/elements.ts";
import { effectsBySender } from "./score_matrix.ts";
import {
  type Receiver,
  type SenderEffects,
  type SweepContext,
  sweepInto,
  sweepPlan,
} from "./sweeps.ts";
import { signedSums } from "../task/year_metrics.ts";

const ROOT: Receiver = { to: LOGITS_PLACE, channel: "x" };

/** With fewer prompts, making the projection costs more than it saves (measured on GPT-2's shape). */
const LEAST_PROMPTS = 256;

/** Every head's and MLP's direct effect on the logits, from END. */
export async function rootSweep(
  context: SweepContext,
  { leastPrompts = LEAST_PROMPTS }: { leastPrompts?: number } = {},
): Promise<SenderEffects> {
  const { programs, baseline } = context;
  const { model } = programs;
  const senders = allSenders(model.config);
  const N = baseline.length;
  const isUpdated = N >= leastPrompts && N <= mostPromptsHeld(model);
  const rest = await sweepInto(context, {
    receivers: [ROOT],
    edges: [],
    position: "END",
    senders: isUpdated ? senders.filter(({ kind }) => kind !== "head") : senders,
  });
  if (!isUpdated) return rest;
  const direct = sweepPlan({ edges: [], position: "END" }, [ROOT]);
  const others = new Map(effectsBySender(rest).map((effects, i) => [rest.senders[i]!, effects]));
  const effects = new Float64Array(senders.length * N);
  using updates = await FinalUpdates.open(model, context.pair.base.final, context.task.labelIds);
  for (const [index, sender] of senders.entries()) {
    context.signal?.throwIfAborted();
    const own = sender.kind === "head"
      ? await headEffects(context, updates, sender)
      : others.get(sender)!;
    context.known?.set(direct, sender, own);
    effects.set(own, index * N);
  }
  return { senders, effects };
}

async function headEffects(
  { programs, pair, task, baseline }: SweepContext,
  updates: FinalUpdates,
  { layer, head }: HeadNode,
): Promise<Float64Array> {
  const { nHead, dHead } = programs.model.config;
  const z = (run: typeof pair.base) => headColumns(run.at("z", layer, "END"), head, [nHead, dHead]);
  const before = z(pair.base);
  using space = await updates.headSpace(layer, head);
  const { logProbs } = await updates.answers(space, z(pair.patch).map((v, i) => v - before[i]!));
  return signedSums(logProbs.map(Math.exp), task.signs, task.labelIds.length)
    .map((value, n) => value - baseline[n]!);
}
