/**
 * Operations along the last axis: layer norms and the attention pattern.
 *
 * @module
 */
import { elementCount } from "../../../array.ts";
import type { Node, Value } from "../../graph.ts";
import type { PlanBuilder } from "../plan_builder.ts";
import { wrapGroups } from "../step.ts";

function rowsOf(x: Value): { rows: number; width: number; inverseWidth: number } {
  const width = x.shape.at(-1)!;
  const rows = elementCount(x.shape.slice(0, -1));
  return { rows, width, inverseWidth: 1 / width };
}

/** `layerNorm`. */
export function lowerLayerNorm(builder: PlanBuilder, node: Node<"layerNorm">): void {
  const [x, weight, bias] = node.inputs as [Value, Value, Value];
  const sizes = rowsOf(x);
  builder.step({
    kernel: "layer_norm",
    name: "layerNorm",
    bind: { x, weight, bias, out: node.outputs[0]! },
    params: { ...sizes, epsilon: node.attributes.epsilon },
    groups: wrapGroups(sizes.rows),
  });
}

/** `layerNormScale`. */
export function lowerLayerNormScale(builder: PlanBuilder, node: Node<"layerNormScale">): void {
  const x = node.inputs[0]!;
  const sizes = rowsOf(x);
  builder.step({
    kernel: "layer_norm_scale",
    name: "layerNormScale",
    bind: { x, out: node.outputs[0]! },
    params: { ...sizes, epsilon: node.attributes.epsilon },
    groups: wrapGroups(sizes.rows),
  });
}

/** `layerNormApply`. */
export function lowerLayerNormApply(builder: PlanBuilder, node: Node<"layerNormApply">): void {
  const [x, scale, weight, bias] = node.inputs as [Value, Value, Value, Value];
  const sizes = rowsOf(x);
  builder.step({
    kernel: "layer_norm_apply",
    name: "layerNormApply",
    bind: { x, scale, weight, bias, out: node.outputs[0]! },
    params: sizes,
    groups: wrapGroups(sizes.rows),
  });
}

/** `attentionPattern`. */
export function lowerPattern(builder: PlanBuilder, node: Node<"attentionPattern">): void {
  const scores = node.inputs[0]!;
  const [B, H, T, S] = scores.shape as [number, number, number, number];
  builder.step({
    kernel: "attention_pattern",
    name: "attentionPattern",
    bind: { scores, out: node.outputs[0]! },
    params: { rows: B * H * T, queries: T, keys: S, shift: S - T },
    groups: wrapGroups(S === 0 ? 0 : B * H * T),
  });
}
