/**
 * What a model's `config.json` says about its computation, under Hugging Face's meanings.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";

/** Sizes and switches of a model; letters are the project's shape alphabet. */
export interface ModelConfig {
  /** The architecture, by its Hugging Face name. */
  readonly modelType: "gpt2" | "gpt_neox";
  /** L. */
  readonly nLayer: number;
  /** H. */
  readonly nHead: number;
  /** D. */
  readonly dModel: number;
  /** K = D / H. */
  readonly dHead: number;
  /** F. */
  readonly dMlp: number;
  /** V, the rows of the embedding. */
  readonly vocabSize: number;
  /** Most positions of a row of tokens. */
  readonly nPositions: number;
  /** Added to the variance in every layer norm. */
  readonly layerNormEpsilon: number;
  /** Form of GELU in the MLPs. */
  readonly gelu: GeluForm;
  /** Whether scores are divided by √K. */
  readonly scaleAttnWeights: boolean;
  /** Whether scores are further divided by layer + 1 (the Stanford GPT-2s). */
  readonly scaleAttnByInverseLayerIdx: boolean;
  /** How PyTorch orders the scaling in half precision; no effect on float32 arithmetic. */
  readonly reorderAndUpcastAttn: boolean;
  /** Whether attention and MLP read the same residual (GPT-NeoX). */
  readonly parallelResidual: boolean;
  /** Leading dimensions of each head that turn, θ, and its rounding; null with embedded positions. */
  readonly rotary: {
    readonly dims: number;
    readonly base: number;
    readonly rounding: "none" | "bfloat16";
  } | null;
  /** Whether the unembedding is the embedding. */
  readonly tieWordEmbeddings: boolean;
  /** Token that begins a text. */
  readonly bosTokenId: number | null;
  /** Token that ends a text. */
  readonly eosTokenId: number | null;
}

/**
 * What a layer's `q·k` is multiplied by: `1/√K`, and `1/(layer + 1)` more where the model was
 * trained so (spec: Mistral, Stanford CRFM).
 *
 * @param layer 0-based
 */
export function attentionScale(
  config: Pick<ModelConfig, "dHead" | "scaleAttnWeights" | "scaleAttnByInverseLayerIdx">,
  layer: number,
): number {
  const byWidth = config.scaleAttnWeights ? Math.sqrt(config.dHead) : 1;
  return 1 / (byWidth * (config.scaleAttnByInverseLayerIdx ? layer + 1 : 1));
}
