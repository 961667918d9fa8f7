/**
 * Lengths of the tokens' embeddings, which the release keeps beside its rule features.
 *
 * @module
 */
import type { FoldedWeights, VocabularyMatrix } from "../../model/folding.ts";
import type { TokenFeature } from "./features.ts";

/** An embedding shorter than this is small, for the release's models. */
export const SMALL_NORM = 0.52;

const ROWS_AT_ONCE = 4096;

/** Lengths of every token's vectors, `[V]` each, of the folded and centred weights. */
export interface TokenNorms {
  /** `‖W_E[v]‖`. */
  readonly embed: Float64Array;
  /** `‖W_U[:, v]‖`. */
  readonly unembed: Float64Array;
}

async function rowNorms(weights: FoldedWeights, name: VocabularyMatrix): Promise<Float64Array> {
  const [V, D] = weights.shape(name) as [number, number];
  const rows = await weights.rows(name);
  const norms = new Float64Array(V);
  for (let start = 0; start < V; start += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, V - start);
    const block = rows(start, count);
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let at = i * D; at < (i + 1) * D; at++) sum += block[at]! ** 2;
      norms[start + i] = Math.sqrt(sum);
    }
  }
  return norms;
}

/** Reads both matrices in turn and gives the lengths of their rows. */
export async function tokenNorms(weights: FoldedWeights): Promise<TokenNorms> {
  const embed = await rowNorms(weights, "embed.W_E");
  return { embed, unembed: await rowNorms(weights, "unembed.W_U") };
}

/**
 * `small_norm`: the token's embedding is shorter than `below`.
 *
 * @param strings `[V]`; of an id without a token it does not hold.
 */
export function smallNorm(
  { embed }: TokenNorms,
  strings: readonly string[],
  below = SMALL_NORM,
): TokenFeature {
  const isSmall = (string: string, id: number) => string !== "" && embed[id]! < below;
  return {
    name: "small_norm",
    family: "norm",
    holds: Uint8Array.from(strings, (s, i) => Number(isSmall(s, i))),
  };
}
