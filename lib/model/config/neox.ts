import type { ModelConfig } from "./config.ts";
import type { ConfigFields } from "./fields.ts";
import type { RotarySettings } from "./rotary.ts";
import { geluForm, LIMITS, wholeHeads } from "./shared.ts";

/** GPT-NeoX's settings; keys and defaults of `GPTNeoXConfig` in transformers. */
export function neoxConfig(fields: ConfigFields): ModelConfig {
  const nHead = fields.integer("num_attention_heads", { missing: 64, ...LIMITS.heads });
  const dModel = fields.integer("hidden_size", { missing: 6144, ...LIMITS.width });
  const dHead = wholeHeads(fields, "hidden_size", { dModel, nHead });
  fields.require("attention_bias", true);
  return {
    modelType: "gpt_neox",
    nLayer: fields.integer("num_hidden_layers", { missing: 44, ...LIMITS.layers }),
    nHead,
    dModel,
    dHead,
    dMlp: fields.integer("intermediate_size", { missing: 24576, ...LIMITS.hidden }),
    vocabSize: fields.integer("vocab_size", { missing: 50432, ...LIMITS.tokens }),
    nPositions: fields.integer("max_position_embeddings", { missing: 2048, ...LIMITS.positions }),
    layerNormEpsilon: fields.positive("layer_norm_eps", 1e-5),
    gelu: geluForm(fields, "hidden_act", "gelu"),
    scaleAttnWeights: true,
    scaleAttnByInverseLayerIdx: false,
    reorderAndUpcastAttn: false,
    parallelResidual: fields.boolean("use_parallel_residual", true),
    rotary: rotarySettings(fields, dHead),
    tieWordEmbeddings: fields.boolean("tie_word_embeddings", false),
    bosTokenId: fields.tokenId("bos_token_id", 0),
    eosTokenId: fields.tokenId("eos_token_id", 2),
  };
}

/** Both spellings: `rotary_pct`, `rotary_emb_base`, and since transformers 5 `rope_parameters`. */
function rotarySettings(fields: ConfigFields, dHead: number): RotarySettings {
  const rope = fields.nested("rope_parameters");
  for (const settings of [rope, fields.nested("rope_scaling")]) {
    const type = settings?.get("rope_type", "type") ?? "default";
    if (type !== "default") throw fields.refuse("rope_type", type, '"default"');
  }
  const share = fields.positive(
    "rotary_pct",
    rope?.positive("partial_rotary_factor", 0.25) ?? 0.25,
  );
  const base = fields.positive("rotary_emb_base", rope?.positive("rope_theta", 10000) ?? 10000);
  agree(rope, "partial_rotary_factor", share);
  agree(rope, "rope_theta", base);
  // transformers truncates, and an odd count would leave a dimension without its partner.
  const dims = Math.trunc(dHead * share);
  if (dims < 2 || dims > dHead || dims % 2 !== 0) {
    throw fields.refuse("rotary_pct", share, `an even number of the ${dHead} dimensions of a head`);
  }
  const isBfloat16 = fields.get("dtype", "torch_dtype") === "bfloat16";
  return { dims, base, rounding: isBfloat16 ? "bfloat16" : "none" };
}

function agree(rope: ConfigFields | undefined, key: string, value: number): void {
  const other = rope?.positive(key, value) ?? value;
  if (other !== value) throw rope!.refuse(key, other, `${value}, as the older key says`);
}
