/**
 * What the first model's neurons are correlated with: those of a partner, or something in their place.
 *
 * @module
 */
import { RandomStream } from "../../random.ts";
import { fillNormal } from "./normal_draws.ts";
import type { Activations } from "./standard.ts";
import type { TokenBlock } from "../token_blocks.ts";

/** What the correlations of a run are held against. */
export const BASELINES = ["none", "rotation", "gaussian", "permutation"] as const;

/** A member of {@linkcode BASELINES}. */
export type Baseline = typeof BASELINES[number];

/** A sequence of activations: the partner's, or one in place of them. */
export type StreamKind = "real" | "gaussian" | "permutation";

/** The sequences that a baseline needs; rotation needs none of its own. */
export function streamsOf(baseline: Baseline): StreamKind[] {
  return baseline === "gaussian" || baseline === "permutation" ? ["real", baseline] : ["real"];
}

/** What a stream is made from besides the partner's activations. */
export interface StreamSource {
  readonly seed: number;
  readonly partner: string;
  readonly layer: number;
  readonly width: number;
  readonly block: TokenBlock;
}

/** Tanh-approximated GELU, as the original draws its Gaussian neurons. */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** `gaussian`: GELU of normal numbers in place of every activation. */
function gaussianValues({ seed, partner, layer, width, block }: StreamSource): Float32Array {
  const [rows, T] = block.tokens.shape as [number, number];
  const values = new Float32Array(rows * T * width);
  fillNormal(values, new RandomStream(seed, `gaussian ${partner} ${layer} ${block.index}`));
  return values.map(gelu);
}

/**
 * The kept positions of a block in random order, the same for all neurons: the original permutes the
 * tokens of each batch.
 */
export function permutedPositions(
  kept: Int32Array,
  { seed, partner, block }: Pick<StreamSource, "seed" | "partner" | "block">,
): Int32Array {
  const stream = new RandomStream(seed, `permutation ${partner} ${block.index}`);
  const order = kept.slice();
  for (let i = order.length - 1; i > 0; i--) {
    const other = stream.integer(i, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

/** A stream's activations of a layer, and the positions to take in their order. */
export function streamValues(
  kind: StreamKind,
  values: Activations,
  source: StreamSource,
): { values: Activations; kept: Int32Array } {
  const { kept } = source.block;
  if (kind === "gaussian") return { values: gaussianValues(source), kept };
  if (kind === "permutation") return { values, kept: permutedPositions(kept, source) };
  return { values, kept };
}
