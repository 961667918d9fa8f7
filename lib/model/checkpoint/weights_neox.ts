import { transpose } from "../../transpose.ts";
import type { ModelConfig } from "../config/config.ts";
import { interleavedRows } from "./weights_layout.ts";
import { asStored, type WeightRecipe } from "./weights_recipe.ts";

/**
 * GPT-NeoX's weights. Its `Linear` matrices are `[out, in]`, and the rows of `query_key_value` are
 * interleaved head by head, `[H, 3, K]`.
 */
export function neoxWeights(config: ModelConfig, prefix: string): Map<string, WeightRecipe> {
  const { dModel: D, vocabSize: V } = config;
  const weights = new Map([["embed.W_E", asStored(`${prefix}embed_in.weight`, V, D)]]);
  for (let layer = 0; layer < config.nLayer; layer++) {
    for (const [name, recipe] of blockWeights(config, `${prefix}layers.${layer}.`)) {
      weights.set(`blocks.${layer}.${name}`, recipe);
    }
  }
  weights.set("ln_final.w", asStored(`${prefix}final_layer_norm.weight`, D));
  weights.set("ln_final.b", asStored(`${prefix}final_layer_norm.bias`, D));
  const unembedding = config.tieWordEmbeddings ? `${prefix}embed_in.weight` : "embed_out.weight";
  weights.set("unembed.W_U", asStored(unembedding, V, D));
  return weights;
}

function transposed(raw: string, inner: number, outer: number): WeightRecipe {
  return {
    raw,
    rawShape: [outer, inner],
    shape: [inner, outer],
    make: (data) => transpose(data, [outer, inner]),
  };
}

function blockWeights(config: ModelConfig, at: string): [string, WeightRecipe][] {
  const { dModel: D, dMlp: F, nHead, dHead } = config;
  const raw = `${at}attention.query_key_value.`;
  const matrix = (part: number): WeightRecipe => ({
    raw: `${raw}weight`,
    rawShape: [3 * D, D],
    shape: [D, D],
    make: (data) => {
      const rows = interleavedRows({ data, rows: 3 * D, columns: D }, { part, nHead, dHead });
      return transpose(rows, [D, D]);
    },
    isShared: true,
  });
  const bias = (part: number): WeightRecipe => ({
    raw: `${raw}bias`,
    rawShape: [3 * D],
    shape: [D],
    make: (data) => interleavedRows({ data, rows: 3 * D, columns: 1 }, { part, nHead, dHead }),
    isShared: true,
  });
  return [
    ["ln1.w", asStored(`${at}input_layernorm.weight`, D)],
    ["ln1.b", asStored(`${at}input_layernorm.bias`, D)],
    ["attn.W_Q", matrix(0)],
    ["attn.W_K", matrix(1)],
    ["attn.W_V", matrix(2)],
    ["attn.b_Q", bias(0)],
    ["attn.b_K", bias(1)],
    ["attn.b_V", bias(2)],
    ["attn.W_O", transposed(`${at}attention.dense.weight`, D, D)],
    ["attn.b_O", asStored(`${at}attention.dense.bias`, D)],
    ["ln2.w", asStored(`${at}post_attention_layernorm.weight`, D)],
    ["ln2.b", asStored(`${at}post_attention_layernorm.bias`, D)],
    ["mlp.W_in", transposed(`${at}mlp.dense_h_to_4h.weight`, D, F)],
    ["mlp.b_in", asStored(`${at}mlp.dense_h_to_4h.bias`, F)],
    ["mlp.W_out", transposed(`${at}mlp.dense_4h_to_h.weight`, F, D)],
    ["mlp.b_out", asStored(`${at}mlp.dense_4h_to_h.bias`, D)],
  ];
}
