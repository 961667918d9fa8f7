import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { rowsTimes } from "../weights/unit_rows.ts";
import type { BosDirections } from "./bos_directions.ts";
import type { BosScore } from "./bos_scores.ts";
import { checkPath, type HeadPath } from "./head_path.ts";

/** The neurons of a path's MLP by the size of their score, largest first. */
export interface RankedNeurons {
  /** i32 `[F]`. */
  readonly neurons: Int32Array;
  /** f64 `[F]`, the score of each, in the same order. */
  readonly scores: Float64Array;
}

/** Ranks the neurons of one MLP for one head, in float64; of equal scores the lower index is first. */
export async function rankNeurons(
  folded: FoldedWeights,
  directions: BosDirections,
  { attentionLayer, head, mlpLayer }: HeadPath,
): Promise<RankedNeurons> {
  const name = `blocks.${mlpLayer}.mlp.W_out`;
  const [count, width] = folded.shape(name) as [number, number];
  const direction = directions[attentionLayer]!.subarray(head * width, (head + 1) * width);
  const products = rowsTimes({ data: await folded.read(name), count, width }, direction);
  const neurons = Int32Array.from({ length: count }, (_, i) => i)
    .sort((i, j) => Math.abs(products[j]!) - Math.abs(products[i]!) || i - j);
  return { neurons, scores: Float64Array.from(neurons, (i) => products[i]!) };
}

/** What is asked of a path; what is left out is chosen. */
export type AskedPath = { readonly [Part in keyof HeadPath]?: number | undefined };

/**
 * The path of the neuron of the largest score, among those paths that have what was asked.
 *
 * @param best of each head and each MLP below it, as `scanBosScores` gives them.
 * @throws {NeuriteError} E-USAGE as {@linkcode checkPath}, and for a model without any path.
 */
export function choosePath(
  config: ModelConfig,
  best: readonly BosScore[],
  asked: AskedPath = {},
): HeadPath {
  const { attentionLayer, head, mlpLayer } = asked;
  if (attentionLayer !== undefined && head !== undefined && mlpLayer !== undefined) {
    return checkPath(config, { attentionLayer, head, mlpLayer });
  }
  const isAsked = (score: BosScore) =>
    (attentionLayer ?? score.attentionLayer) === score.attentionLayer &&
    (head ?? score.head) === score.head && (mlpLayer ?? score.mlpLayer) === score.mlpLayer;
  const found = best.filter(isAsked)
    .reduce<BosScore | undefined>(
      (most, score) => most && Math.abs(most.score) >= Math.abs(score.score) ? most : score,
      undefined,
    );
  if (found) return checkPath(config, found);
  throw cannot("E-USAGE", {
    do: "choose",
    thing: "a head and an MLP below it",
    is: `none of ${config.nLayer} layers and ${config.nHead} heads with ${describeAsked(asked)}`,
    expected: "an attention layer above an MLP",
    hint: "give all of --attention-layer, --head and --mlp-layer, or none of them",
  });
}

function describeAsked({ attentionLayer, head, mlpLayer }: AskedPath): string {
  const parts = Object.entries({ "attention layer": attentionLayer, head, "MLP layer": mlpLayer })
    .flatMap(([name, value]) => value === undefined ? [] : [`${name} ${value}`]);
  return parts.join(", ") || "a path";
}
