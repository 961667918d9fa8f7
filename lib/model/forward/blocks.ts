/**
 * The forward pass, written once: functions that build the graph of each part of the model. Weights
 * enter as inputs under their name within the block, so all blocks share one graph.
 *
 * Sources: GPT-2 (Radford et al. 2019), GPT-NeoX (Black et al. 2022); hook points as TransformerLens.
 *
 * @module
 */
import type { Graph, Value } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import { attentionScale, type ModelConfig } from "../config/config.ts";
import type { HookPoints } from "./hook_points.ts";
import { rotaryFrequencies } from "../config/rotary.ts";
import { afterPast, keepForNext, type PastShape } from "./past.ts";

/** Token plus position embedding: `ids i32 [N], positions i32 [N] -> [B, T, D]`. */
export function buildEmbed(
  hooks: HookPoints,
  config: ModelConfig,
  [B, T]: [number, number],
): Value {
  const { graph } = hooks;
  const { dModel, vocabSize, nPositions } = config;
  const rows = (table: Value, ids: string) =>
    ops.reshape(graph, ops.gather(graph, table, graph.input(ids, [B * T], "i32")), [B, T, dModel]);
  const tokens = hooks.point(
    "hook_embed",
    rows(graph.input("embed.W_E", [vocabSize, dModel]), "ids"),
  );
  if (config.rotary) return tokens;
  const table = graph.input("pos_embed.W_pos", [nPositions, dModel]);
  return ops.add(graph, tokens, hooks.point("hook_pos_embed", rows(table, "positions")));
}

/** What a block is told. */
export interface BlockOptions {
  layer: number;
  /** `[B, T, D]`. */
  residual: Value;
  /** What its rows continue; they begin at position 0 when it is left out. */
  past?: PastShape | undefined;
  /** Whether keys and values are outputs, for rows that continue these. @default {false} */
  keep?: boolean;
}

/** One transformer block: `residual [B, T, D] -> [B, T, D]`. */
export function buildBlock(
  hooks: HookPoints,
  config: ModelConfig,
  { layer, residual, past, keep = false }: BlockOptions,
): Value {
  const { graph } = hooks;
  const before = hooks.point("hook_resid_pre", residual);
  const sequential = !config.parallelResidual;
  const attention = buildAttention(hooks, config, {
    layer,
    input: normalized(hooks, config, { name: "ln1", x: before }),
    residual: sequential ? before : undefined,
    past,
    keep,
  });
  const middle = sequential ? hooks.point("hook_resid_mid", attention) : before;
  const after = buildMlp(hooks, config, {
    input: normalized(hooks, config, { name: "ln2", x: middle }),
    residual: sequential ? middle : ops.add(graph, before, attention),
  });
  return hooks.point("hook_resid_post", after);
}

/** Final layer norm: `residual [B, T, D] -> [B, T, D]`. */
export function buildFinalNorm(hooks: HookPoints, config: ModelConfig, residual: Value): Value {
  return normalized(hooks, config, { name: "ln_final", x: residual });
}

function normalized(
  hooks: HookPoints,
  config: ModelConfig,
  { name, x }: { name: string; x: Value },
): Value {
  const { graph } = hooks;
  const epsilon = config.layerNormEpsilon;
  const weight = graph.input(`${name}.w`, [config.dModel]);
  const bias = graph.input(`${name}.b`, [config.dModel]);
  const scaleSite = `${name}.hook_scale`;
  const scale = hooks.touched(scaleSite)
    ? hooks.point(scaleSite, ops.layerNormScale(graph, x, epsilon))
    : undefined;
  // A scale that is only read must not change the result by a rounding, so the fused form stays.
  const y = scale && hooks.written(scaleSite)
    ? ops.layerNormApply(graph, x, scale, weight, bias)
    : ops.layerNorm(graph, x, weight, bias, epsilon);
  return hooks.point(`${name}.hook_normalized`, y);
}

function projection(graph: Graph, name: string, [inner, outer]: [number, number]) {
  const [part, role] = name.split(".");
  return {
    weight: graph.input(`${part}.W_${role}`, [inner, outer]),
    bias: graph.input(`${part}.b_${role}`, [outer]),
  };
}

function buildAttention(
  hooks: HookPoints,
  config: ModelConfig,
  { layer, input, residual, past, keep }: {
    layer: number;
    input: Value;
    residual: Value | undefined;
    past: PastShape | undefined;
    keep: boolean;
  },
): Value {
  const { graph } = hooks;
  const { nHead: H, dHead: K, dModel: D } = config;
  const [B, T] = input.shape as [number, number];
  const [q, k, v] = ["q", "k", "v"].map((name) => {
    const { weight, bias } = projection(graph, `attn.${name.toUpperCase()}`, [D, H * K]);
    const flat = ops.linear(graph, input, weight, { bias });
    const split = hooks.point(`attn.hook_${name}`, ops.reshape(graph, flat, [B, T, H, K]));
    if (!config.rotary || name === "v") return split;
    return hooks.point(
      `attn.hook_rot_${name}`,
      ops.rotary(graph, split, {
        frequencies: rotaryFrequencies(config.rotary),
        start: past?.positions ?? 0,
      }),
    );
  }) as [Value, Value, Value];
  const keys = afterPast(graph, k, { name: "k", past });
  const values = afterPast(graph, v, { name: "v", past });
  if (keep) {
    keepForNext(graph, "k", keys);
    keepForNext(graph, "v", values);
  }
  const scale = attentionScale(config, layer);
  const scores = hooks.point("attn.hook_attn_scores", ops.attentionScores(graph, q, keys, scale));
  const pattern = hooks.point("attn.hook_pattern", ops.attentionPattern(graph, scores));
  const z = hooks.point("attn.hook_z", ops.attentionMix(graph, pattern, values));
  const { weight, bias } = projection(graph, "attn.O", [H * K, D]);
  const result = hooks.touched("attn.hook_result")
    ? hooks.point("attn.hook_result", ops.headResult(graph, z, weight))
    : undefined;
  const summed = hooks.written("attn.hook_result") ? ops.sumHeads(graph, result!, bias) : undefined;
  return withResidual(hooks, "hook_attn_out", residual, (added) => {
    // Joined first: with one head, the product could not tell the head's axis from the rows.
    const heads = ops.reshape(graph, z, [B, T, H * K]);
    if (!summed) return ops.linear(graph, heads, weight, { bias, residual: added });
    return added ? ops.add(graph, summed, added) : summed;
  });
}

function buildMlp(
  hooks: HookPoints,
  config: ModelConfig,
  { input, residual }: { input: Value; residual: Value },
): Value {
  const { graph } = hooks;
  const { dModel, dMlp, gelu } = config;
  const { weight, bias } = projection(graph, "mlp.in", [dModel, dMlp]);
  const post = hooks.touched("mlp.hook_pre")
    ? ops.gelu(
      graph,
      hooks.point("mlp.hook_pre", ops.linear(graph, input, weight, { bias })),
      gelu,
    )
    : ops.linear(graph, input, weight, { bias, activation: `gelu_${gelu}` });
  const seen = hooks.point("mlp.hook_post", post);
  const out = projection(graph, "mlp.out", [dMlp, dModel]);
  return withResidual(
    hooks,
    "hook_mlp_out",
    residual,
    (added) => ops.linear(graph, seen, out.weight, { bias: out.bias, residual: added }),
  );
}

/** Adds the residual inside the last product, unless the product's own value is asked for. */
function withResidual(
  hooks: HookPoints,
  site: string,
  residual: Value | undefined,
  build: (added: Value | undefined) => Value,
): Value {
  if (!hooks.touched(site) && residual) return build(residual);
  const own = hooks.point(site, build(undefined));
  return residual ? ops.add(hooks.graph, own, residual) : own;
}
