/**
 * Correlations of every neuron of one model with every neuron of others, over any number of tokens.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { ExactSums } from "./exact_sums.ts";
import { finishPass } from "./finish.ts";
import { type Defects, PairResult } from "./pair_result.ts";
import { type CorrelationPlan, planCorrelation } from "./plan.ts";
import type { Rotation } from "./rotation.ts";
import { sideOf, type Similarity } from "./similarity.ts";
import type { NeuronSource } from "./sources.ts";
import { streamSums } from "./stream_sums.ts";
import { type Baseline, type StreamKind, streamsOf } from "./streams.ts";
import { baseName, COUNT, SQUARES } from "./sum_names.ts";
import { TokenBlocks } from "./token_blocks.ts";

/** What {@linkcode correlateNeurons} is asked. */
export interface CorrelateOptions {
  /** Positions with these token ids do not count. */
  readonly dropped: ReadonlySet<number>;
  /** @default {"pearson"} */
  readonly similarity?: Similarity | undefined;
  /** For `jaccard`: a neuron is on above this. @default {0} */
  readonly above?: number | undefined;
  /** @default {"none"} */
  readonly baseline?: Baseline | undefined;
  /** The matrices of the baseline `rotation`. */
  readonly rotation?: Rotation | undefined;
  /** @default {0} */
  readonly seed?: number | undefined;
  /** Bytes that sums, models and activations may take. @default {4 GiB} */
  readonly memory?: number | undefined;
  /** Tokens computed as one and summed in float32. @default {2048} */
  readonly blockTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with blocks done and in all passes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What {@linkcode correlateNeurons} finds. */
export interface Correlations {
  readonly pairs: readonly PairResult[];
  /** Positions that counted. */
  readonly kept: number;
  /** Neurons of the first model without a similarity. */
  readonly defects: Defects;
  /** Whether all sums stayed in the range where the order of blocks cannot change a bit. */
  readonly exact: boolean;
}

/** What is summed when nobody says: one batch of the original has 24 x 511 tokens. */
export const DEFAULT_BLOCK_TOKENS = 2048;

/** What a run may take when nobody says. */
export const DEFAULT_MEMORY = 4 * 2 ** 30;

/** The models of a run. */
export interface CorrelationModels {
  readonly base: NeuronSource;
  readonly partners: readonly NeuronSource[];
}

function blocksOf(tokens: Tokens, options: CorrelateOptions): TokenBlocks {
  const { dropped, blockTokens = DEFAULT_BLOCK_TOKENS } = options;
  return new TokenBlocks(tokens, { blockTokens, dropped });
}

/**
 * The work that {@linkcode correlateNeurons} would do.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when the memory does not hold one tile.
 */
export function planRun(
  { base, partners }: CorrelationModels,
  tokens: Tokens,
  options: CorrelateOptions,
): CorrelationPlan & { readonly blocks: TokenBlocks } {
  const blocks = blocksOf(tokens, options);
  const { baseline = "none", rotation, memory = DEFAULT_MEMORY } = options;
  const plan = planCorrelation({
    base,
    partners,
    streams: streamsOf(baseline),
    covariance: baseline === "rotation",
    positions: blocks.positions,
    blocks: blocks.count,
    draws: rotation?.draws ?? 0,
  }, memory);
  return { ...plan, blocks };
}

function baselineCount(streams: readonly StreamKind[], rotation: Rotation | undefined): number {
  return streams.length > 1 ? 1 : rotation?.draws ?? 0;
}

/**
 * Correlates the activations of `base` with those of each partner over the kept positions of
 * `tokens [B, T]` (spec/universal_neurons sections 1.2 and 5). The matrices are never whole: their
 * tiles are summed in as few walks through the tokens as the memory allows, and summarised one by one.
 *
 * @throws {NeuriteError} E-TOKENS when no position is kept, E-DEVICE-MEMORY, E-STOPPED, and the errors
 * of the forward pass.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { correlateNeurons } from "neurite/lib/neuron/correlation/correlate.ts";
 *
 * await using device = openReference();
 * const source = (label: string, values: number[]) => ({
 *   label, layers: 1, width: 1, weightBytes: 0,
 *   open: () => Promise.resolve({
 *     read: () => Promise.resolve([Float64Array.from(values)]),
 *     [Symbol.asyncDispose]: () => Promise.resolve(),
 *   }),
 * });
 * const { pairs } = await correlateNeurons(
 *   device,
 *   { base: source("a", [0, 1, 2]), partners: [source("b", [2, 1, 0])] },
 *   { data: Int32Array.of(5, 6, 7), shape: [1, 3] },
 *   { dropped: new Set() },
 * );
 * if (pairs[0]!.real.maxima()[0]! > -0.999) throw new Error("unreachable");
 * ```
 */
export async function correlateNeurons(
  device: Device,
  models: CorrelationModels,
  tokens: Tokens,
  options: CorrelateOptions,
): Promise<Correlations> {
  const { base, partners } = models;
  const { similarity = "pearson", baseline = "none", above = 0, seed = 0, signal } = options;
  const { passes, blocks } = planRun(models, tokens, options);
  if (!blocks.firstKept()) throw nothingKept(tokens, options.dropped);
  const rotation = baseline === "rotation" ? options.rotation : undefined;
  const count = baselineCount(streamsOf(baseline), rotation);
  const results = partners.map((partner) => new PairResult(partner.label, [base, partner], count));
  const defects: Defects = { dead: 0, nonFinite: 0 };
  let [done, kept, exact] = [0, 0, true];
  const seen = new Set<number>();
  for (const tiles of passes) {
    const sums = await streamSums({
      device,
      base,
      partners,
      blocks,
      tiles,
      covariance: rotation !== undefined,
      above: similarity === "jaccard" ? above : undefined,
      seed,
      identity: "",
      signal,
      onBlock: () => options.onProgress?.(++done, passes.length * blocks.count),
    });
    kept = sums.get(COUNT).data[0]!;
    exact &&= sums.isExact(SQUARES);
    countDefects(sums, { layers: layersOf(tiles), seen, similarity, defects });
    await finishPass(sums, { device, tiles, similarity, rotation, results });
  }
  return { pairs: results, kept, defects, exact };
}

function layersOf(tiles: CorrelationPlan["passes"][number]): Set<number> {
  return new Set(
    tiles.flatMap(({ group: { from, to } }) =>
      Array.from({ length: to - from }, (_, i) => from + i)
    ),
  );
}

/** Counts the first model's neurons without a similarity, a layer once. */
function countDefects(
  sums: ExactSums,
  { layers, seen, similarity, defects }: {
    layers: ReadonlySet<number>;
    seen: Set<number>;
    similarity: Similarity;
    defects: Defects;
  },
): void {
  for (const layer of layers) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    const { dead, nonFinite } = sideOf(sums, baseName(layer), similarity);
    defects.dead += dead;
    defects.nonFinite += nonFinite;
  }
}

function nothingKept({ shape }: Tokens, dropped: ReadonlySet<number>) {
  return cannot("E-TOKENS", {
    do: "correlate over",
    thing: `${shape.join(" x ")} tokens`,
    is: `tokens that are all dropped ones (ids ${[...dropped].join(", ")})`,
    expected: "some text",
    hint: "give other token rows, or --drop none",
  });
}
