import type { ModelConfig } from "./config.ts";
import type { ConfigFields } from "./fields.ts";
import { geluForm, LIMITS, wholeHeads } from "./shared.ts";

/** GPT-2's settings; keys and defaults of `GPT2Config` in transformers. */
export function gpt2Config(fields: ConfigFields): ModelConfig {
  const nHead = fields.integer("n_head", { missing: 12, ...LIMITS.heads }, "num_attention_heads");
  const dModel = fields.integer("n_embd", { missing: 768, ...LIMITS.width }, "hidden_size");
  fields.require("add_cross_attention", false);
  return {
    modelType: "gpt2",
    nLayer: fields.integer("n_layer", { missing: 12, ...LIMITS.layers }, "num_hidden_layers"),
    nHead,
    dModel,
    dHead: wholeHeads(fields, "n_embd", { dModel, nHead }),
    dMlp: fields.integer("n_inner", { missing: 4 * dModel, ...LIMITS.hidden }),
    vocabSize: fields.integer("vocab_size", { missing: 50257, ...LIMITS.tokens }),
    nPositions: fields.integer(
      "n_positions",
      { missing: 1024, ...LIMITS.positions },
      "max_position_embeddings",
    ),
    layerNormEpsilon: fields.positive("layer_norm_epsilon", 1e-5),
    gelu: geluForm(fields, "activation_function", "gelu_new"),
    scaleAttnWeights: fields.boolean("scale_attn_weights", true),
    scaleAttnByInverseLayerIdx: fields.boolean("scale_attn_by_inverse_layer_idx", false),
    reorderAndUpcastAttn: fields.boolean("reorder_and_upcast_attn", false),
    parallelResidual: false,
    rotary: null,
    tieWordEmbeddings: fields.boolean("tie_word_embeddings", true),
    bosTokenId: fields.tokenId("bos_token_id", 50256),
    eosTokenId: fields.tokenId("eos_token_id", 50256),
  };
}
