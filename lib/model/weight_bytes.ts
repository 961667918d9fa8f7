import type { ModelConfig } from "./config/config.ts";

/** Bytes of a model's weights as float32, from its sizes. */
export function weightBytes(config: ModelConfig): number {
  const { nLayer, dModel: D, dMlp: F, vocabSize: V, nPositions: P, tieWordEmbeddings } = config;
  const perLayer = 4 * D * D + 2 * D * F + F + 9 * D;
  const embedded = (tieWordEmbeddings ? 1 : 2) * V * D + (config.rotary ? 0 : P * D);
  return 4 * (nLayer * perLayer + embedded + 2 * D);
}
