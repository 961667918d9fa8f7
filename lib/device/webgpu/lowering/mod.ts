/**
 * From operations to dispatches: one function an operation.
 *
 * @module
 */
import type { Node, OpName } from "../../graph.ts";
import type { PlanBuilder } from "../plan_builder.ts";
import {
  lowerAdd,
  lowerConcat,
  lowerGather,
  lowerGelu,
  lowerRotary,
  lowerSumHeads,
  lowerWrite,
} from "./elements.ts";
import { lowerCrossMoment, lowerHeadResult, lowerLinear, lowerMix, lowerScores } from "./gemm.ts";
import { lowerLayerNorm, lowerLayerNormApply, lowerLayerNormScale, lowerPattern } from "./rows.ts";
import { lowerLogits, lowerUnembedStats } from "./unembed.ts";

type Lowering<Op extends OpName> = (builder: PlanBuilder, node: Node<Op>) => void;

const LOWERINGS: { [Op in OpName]: Lowering<Op> } = {
  reshape: (builder, node) => builder.view(node.outputs[0]!, node.inputs[0]!),
  gather: lowerGather,
  add: lowerAdd,
  concat: lowerConcat,
  linear: lowerLinear,
  crossMoment: lowerCrossMoment,
  gelu: lowerGelu,
  layerNorm: lowerLayerNorm,
  layerNormScale: lowerLayerNormScale,
  layerNormApply: lowerLayerNormApply,
  rotary: lowerRotary,
  attentionScores: lowerScores,
  attentionPattern: lowerPattern,
  attentionMix: lowerMix,
  headResult: lowerHeadResult,
  sumHeads: lowerSumHeads,
  write: lowerWrite,
  logits: lowerLogits,
  unembedStats: lowerUnembedStats,
};

/** Appends the dispatches of a node. */
export function lowerNode(builder: PlanBuilder, node: Node): void {
  if (node.op !== "reshape") node.outputs.forEach((output) => builder.computed(output));
  (LOWERINGS[node.op] as Lowering<OpName>)(builder, node);
}
