/**
 * What each head's queries attend to BOS with.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { attentionScale } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";

/** For each layer f64 `[H, D]`: a residual's product with row h is its share of the score of BOS. */
export type BosDirections = readonly Float64Array[];

/**
 * The token that begins a text, or the one that ends it where the model names no other.
 *
 * @throws {NeuriteError} E-CONFIG where the model names neither.
 */
export function bosToken({ config, directory }: Pick<Model, "config" | "directory">): number {
  const id = config.bosTokenId ?? config.eosTokenId;
  if (id !== null && id < config.vocabSize) return id;
  throw cannot("E-CONFIG", {
    do: "find BOS in",
    thing: `${directory}/config.json`,
    is: id === null ? "neither bos_token_id nor eos_token_id" : `token ${id}`,
    expected: `an id from 0 to ${config.vocabSize - 1}`,
    hint: "name the token that rows begin with as bos_token_id",
  });
}

/**
 * `W_Q · k_BOS / √K` of every head, with the folded W_Q and the key of BOS run alone, `b_K` included.
 * As in the original there is no layer-norm scale, no `b_Q` and no division by the layer; with
 * `scaled` a model that divides by it does so here too. Rotary embedding leaves position 0 as it is,
 * and the turn of the query is left out.
 *
 * Source: spec/universal_neurons.md section 1.11, 1.
 */
export async function bosDirections(
  model: Model,
  folded: FoldedWeights,
  { scaled = false }: { scaled?: boolean } = {},
): Promise<BosDirections> {
  const { config } = model;
  const { nLayer: L, nHead: H, dHead: K, dModel: D } = config;
  const names = Array.from({ length: L }, (_, layer) => `blocks.${layer}.attn.hook_k`);
  const tokens = { data: Int32Array.of(bosToken(model)), shape: [1, 1] };
  const keys = await runWithHooks(model, tokens, { read: names });
  const directions: Float64Array[] = [];
  for (let layer = 0; layer < L; layer++) {
    const queries = await folded.read(`blocks.${layer}.attn.W_Q`);
    const key = keys[names[layer]!]!.data as Floats;
    const scale = scaled ? attentionScale(config, layer) : 1 / Math.sqrt(K);
    const rows = new Float64Array(H * D);
    for (let h = 0; h < H; h++) {
      for (let d = 0; d < D; d++) {
        let sum = 0;
        for (let i = h * K; i < (h + 1) * K; i++) sum += queries[d * H * K + i]! * key[i]!;
        rows[h * D + d] = scale * sum;
      }
    }
    directions.push(rows);
  }
  return directions;
}
