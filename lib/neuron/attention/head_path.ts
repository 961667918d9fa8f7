/**
 * The path that is measured: from the neurons of one MLP to the queries of one head.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";

/** An attention head and the MLP whose neurons write to what its queries read. */
export interface HeadPath {
  /** A. */
  readonly attentionLayer: number;
  /** H. */
  readonly head: number;
  /** Q, below A. */
  readonly mlpLayer: number;
}

/** The triple of Gurnee et al. 2024, for both model sizes (spec section 1.11). */
export const PAPER_PATH: HeadPath = { attentionLayer: 8, head: 3, mlpLayer: 7 };

/** A path as the original names it: `A8H3L7`. */
export function pathName({ attentionLayer, head, mlpLayer }: HeadPath): string {
  return `A${attentionLayer}H${head}L${mlpLayer}`;
}

/**
 * Checks that a model has a path. An MLP writes after the attention of its own layer has read, with
 * parallel residual too, so only heads of later layers read it.
 *
 * @throws {NeuriteError} E-USAGE for a layer or head that the model lacks, and where the head does
 * not read the MLP.
 */
export function checkPath(config: ModelConfig, path: HeadPath): HeadPath {
  const { attentionLayer: A, head, mlpLayer: Q } = path;
  const { nLayer: L, nHead: H } = config;
  const complain = (is: string, expected: string, hint: string) =>
    cannot("E-USAGE", { do: "measure path", thing: pathName(path), is, expected, hint });
  const within = (value: number, count: number) =>
    Number.isInteger(value) && value >= 0 && value < count;
  if (!within(A, L) || !within(Q, L)) {
    throw complain(
      `layers ${A} and ${Q} of a model of ${L}`,
      `layers 0 to ${L - 1}`,
      "choose other layers, or --triple auto",
    );
  }
  if (!within(head, H)) {
    throw complain(`head ${head} of ${H}`, `0 to ${H - 1}`, "choose another --head");
  }
  if (Q >= A) {
    throw complain(
      `MLP ${Q} writes after attention ${A} has read`,
      "an MLP below the attention layer",
      `--mlp-layer ${Math.max(0, A - 1)}${A === 0 ? " --attention-layer 1" : ""}`,
    );
  }
  return path;
}
