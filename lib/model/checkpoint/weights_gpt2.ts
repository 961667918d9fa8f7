import type { ModelConfig } from "../config/config.ts";
import { columnRange } from "./weights_layout.ts";
import { asStored, type WeightRecipe } from "./weights_recipe.ts";

/** GPT-2's weights. Its `Conv1D` matrices are `[in, out]`, and `c_attn` is query, key, value side by side. */
export function gpt2Weights(config: ModelConfig, prefix: string): Map<string, WeightRecipe> {
  const { dModel: D, vocabSize: V, nPositions: P } = config;
  const weights = new Map<string, WeightRecipe>([
    ["embed.W_E", asStored(`${prefix}wte.weight`, V, D)],
    ["pos_embed.W_pos", asStored(`${prefix}wpe.weight`, P, D)],
  ]);
  for (let layer = 0; layer < config.nLayer; layer++) {
    for (const [name, recipe] of blockWeights(config, `${prefix}h.${layer}.`)) {
      weights.set(`blocks.${layer}.${name}`, recipe);
    }
  }
  weights.set("ln_final.w", asStored(`${prefix}ln_f.weight`, D));
  weights.set("ln_final.b", asStored(`${prefix}ln_f.bias`, D));
  const unembedding = config.tieWordEmbeddings ? `${prefix}wte.weight` : "lm_head.weight";
  weights.set("unembed.W_U", asStored(unembedding, V, D));
  return weights;
}

function blockWeights(config: ModelConfig, at: string): [string, WeightRecipe][] {
  const { dModel: D, dMlp: F } = config;
  const split = (kind: "weight" | "bias"): WeightRecipe[] => {
    const rows = kind === "weight" ? D : 1;
    const leading = kind === "weight" ? [D] : [];
    return [0, 1, 2].map((part) => ({
      raw: `${at}attn.c_attn.${kind}`,
      rawShape: [...leading, 3 * D],
      shape: [...leading, D],
      make: (data) => columnRange({ data, rows, columns: 3 * D }, { start: part * D, count: D }),
      isShared: true,
    }));
  };
  const [wQ, wK, wV] = split("weight");
  const [bQ, bK, bV] = split("bias");
  return [
    ["ln1.w", asStored(`${at}ln_1.weight`, D)],
    ["ln1.b", asStored(`${at}ln_1.bias`, D)],
    ["attn.W_Q", wQ!],
    ["attn.W_K", wK!],
    ["attn.W_V", wV!],
    ["attn.b_Q", bQ!],
    ["attn.b_K", bK!],
    ["attn.b_V", bV!],
    ["attn.W_O", asStored(`${at}attn.c_proj.weight`, D, D)],
    ["attn.b_O", asStored(`${at}attn.c_proj.bias`, D)],
    ["ln2.w", asStored(`${at}ln_2.weight`, D)],
    ["ln2.b", asStored(`${at}ln_2.bias`, D)],
    ["mlp.W_in", asStored(`${at}mlp.c_fc.weight`, D, F)],
    ["mlp.b_in", asStored(`${at}mlp.c_fc.bias`, F)],
    ["mlp.W_out", asStored(`${at}mlp.c_proj.weight`, F, D)],
    ["mlp.b_out", asStored(`${at}mlp.c_proj.bias`, D)],
  ];
}
