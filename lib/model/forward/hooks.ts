/**
 * The hook table: every place of the forward pass that can be read or written, under its
 * TransformerLens name, with its axes and definition.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { ModelConfig } from "../config/config.ts";

/** An axis of a hook: a letter of the project's shape alphabet, or `1`. */
export type HookAxis = "B" | "T" | "S" | "H" | "K" | "D" | "F" | "1";

/** One row of the hook table. */
export interface Hook {
  /** TransformerLens name with its layer, for instance `blocks.3.mlp.hook_post`. */
  readonly name: string;
  /** The layer, or null outside the blocks. */
  readonly layer: number | null;
  /** Name within the block (`mlp.hook_post`), or the whole name outside the blocks. */
  readonly site: string;
  /** Axes in order. */
  readonly axes: readonly HookAxis[];
  /** What it is, as a formula where there is one. */
  readonly definition: string;
}

interface SiteRow {
  axes: string;
  definition: string;
  only?: "gpt2" | "rotary" | "sequential";
}

const EMBED_SITES: Record<string, SiteRow> = {
  "hook_embed": { axes: "B T D", definition: "W_E[token]" },
  "hook_pos_embed": { axes: "B T D", definition: "W_pos[position]", only: "gpt2" },
};

const BLOCK_SITES: Record<string, SiteRow> = {
  "hook_resid_pre": { axes: "B T D", definition: "residual stream entering the block" },
  "ln1.hook_scale": { axes: "B T 1", definition: "√(var(resid_pre) + ε)" },
  "ln1.hook_normalized": {
    axes: "B T D",
    definition: "(resid_pre − mean) / scale · w + b, the input of q, k and v",
  },
  "attn.hook_q": { axes: "B T H K", definition: "normalized · W_Q + b_Q" },
  "attn.hook_k": { axes: "B T H K", definition: "normalized · W_K + b_K" },
  "attn.hook_v": { axes: "B T H K", definition: "normalized · W_V + b_V" },
  "attn.hook_rot_q": { axes: "B T H K", definition: "q after rotary embedding", only: "rotary" },
  "attn.hook_rot_k": { axes: "B T H K", definition: "k after rotary embedding", only: "rotary" },
  "attn.hook_attn_scores": {
    axes: "B H T S",
    definition: "q·k / √K (and / (layer + 1) where the model says so), −∞ where s > t",
  },
  "attn.hook_pattern": { axes: "B H T S", definition: "softmax of the scores over s" },
  "attn.hook_z": { axes: "B T H K", definition: "Σ_s pattern · v" },
  "attn.hook_result": { axes: "B T H D", definition: "z · W_O of each head, without b_O" },
  "hook_attn_out": { axes: "B T D", definition: "Σ_h result + b_O" },
  "hook_resid_mid": {
    axes: "B T D",
    definition: "resid_pre + attn_out",
    only: "sequential",
  },
  "ln2.hook_scale": { axes: "B T 1", definition: "√(var + ε) of the MLP's input residual" },
  "ln2.hook_normalized": { axes: "B T D", definition: "layer norm 2, the input of W_in" },
  "mlp.hook_pre": { axes: "B T F", definition: "normalized · W_in + b_in" },
  "mlp.hook_post": { axes: "B T F", definition: "GELU(pre)" },
  "hook_mlp_out": { axes: "B T D", definition: "post · W_out + b_out" },
  "hook_resid_post": { axes: "B T D", definition: "residual stream leaving the block" },
};

const FINAL_SITES: Record<string, SiteRow> = {
  "ln_final.hook_scale": { axes: "B T 1", definition: "√(var + ε) of the last residual" },
  "ln_final.hook_normalized": { axes: "B T D", definition: "final layer norm, before W_U" },
};

function exists(row: SiteRow, config: ModelConfig): boolean {
  switch (row.only) {
    case "gpt2":
      return config.modelType === "gpt2";
    case "rotary":
      return config.rotary !== null;
    case "sequential":
      return !config.parallelResidual;
    default:
      return true;
  }
}

function hooksOf(
  sites: Record<string, SiteRow>,
  config: ModelConfig,
  layer: number | null,
): Hook[] {
  return Object.entries(sites).filter(([, row]) => exists(row, config)).map(([site, row]) => ({
    name: layer === null ? site : `blocks.${layer}.${site}`,
    layer,
    site,
    axes: row.axes.split(" ") as HookAxis[],
    definition: row.definition,
  }));
}

/**
 * Every hook of a model, in the order of the forward pass.
 *
 * @example Usage
 * ```ts
 * import { readConfig } from "neurite/lib/model/config/read_config.ts";
 * import { hookTable } from "neurite/lib/model/forward/hooks.ts";
 *
 * const config = await readConfig("cache/models/tiny-gpt2-a");
 * const post = hookTable(config).find((hook) => hook.name === "blocks.3.mlp.hook_post");
 * if (post?.axes.join(" ") !== "B T F") throw new Error("unreachable");
 * ```
 */
export function hookTable(config: ModelConfig): Hook[] {
  return [
    ...hooksOf(EMBED_SITES, config, null),
    ...Array.from({ length: config.nLayer }, (_, layer) => hooksOf(BLOCK_SITES, config, layer))
      .flat(),
    ...hooksOf(FINAL_SITES, config, null),
  ];
}

/** The results a run can give besides hooks, with their axes (P positions: T, or 1 for `last`). */
export const FORWARD_OUTPUTS = {
  logits: "[B, P, V] unnormalised log-probabilities of the next token",
  "loss_per_token": "[B, T − 1] cross-entropy of each next token, nats",
  entropy: "[B, P] entropy of the next-token distribution, nats",
  rank: "[B, T − 1] int32, how many tokens have a larger logit than the next token",
  "column_logits": "[B, P, C] logits of the chosen tokens",
  "column_log_probs": "[B, P, C] full-vocabulary log-probabilities of the chosen tokens",
} as const;

/** A key of {@linkcode FORWARD_OUTPUTS}. */
export type ForwardOutput = keyof typeof FORWARD_OUTPUTS;

/** Whether a name is one of {@linkcode FORWARD_OUTPUTS}. */
export function isForwardOutput(name: string): name is ForwardOutput {
  return Object.hasOwn(FORWARD_OUTPUTS, name);
}

/**
 * Finds a hook by name.
 *
 * @throws {NeuriteError} E-HOOK naming the nearest hook or output, if one is near.
 */
export function findHook(config: ModelConfig, name: string): Hook {
  const table = hookTable(config);
  const found = table.find((hook) => hook.name === name);
  if (found) return found;
  const names = [...table.map((hook) => hook.name), ...Object.keys(FORWARD_OUTPUTS)];
  const near = nearest(name, names);
  throw cannot("E-HOOK", {
    do: "find hook",
    thing: name,
    is: "not a hook of this model",
    expected: `a name of its hook table${near ? `, nearest is "${near}"` : ""}`,
    hint: "deno task forward --model DIR --list-hooks",
  });
}

/** Extents of a hook's axes for a run of `[B, T]` tokens. */
export function hookShape(hook: Hook, config: ModelConfig, [B, T]: readonly number[]): number[] {
  const extents: Record<HookAxis, number> = {
    B: B!,
    T: T!,
    S: T!,
    H: config.nHead,
    K: config.dHead,
    D: config.dModel,
    F: config.dMlp,
    1: 1,
  };
  return hook.axes.map((axis) => extents[axis]);
}
