/**
 * Correlations of every neuron of one model with every neuron of others, over any number of tokens.
 *
 * @module
 */
import { SUMS_MEMORY } from "../../cli/common_options.ts";
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type Correlations, finishRun } from "./finish_run.ts";
import { type CorrelationPlan, planCorrelation, usualBlockTokens } from "./plan.ts";
import type { Rotation } from "./rotation.ts";
import type { Similarity } from "./similarity.ts";
import type { NeuronSource } from "./sources.ts";
import { type StreamOptions, streamSums } from "./stream_sums.ts";
import { type Baseline, streamsOf } from "./streams.ts";
import { TokenBlocks } from "../token_blocks.ts";

export type { Correlations };

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
  /** Finds what the original's float16 sums give, too; for `pearson`. @default {false} */
  readonly float16Moments?: boolean | undefined;
  /** @default {0} */
  readonly seed?: number | undefined;
  /** Bytes that sums, models and activations may take. @default {4 GiB} */
  readonly memory?: number | undefined;
  /** Tokens computed as one and summed in float32. @default {`usualBlockTokens` of the models} */
  readonly blockTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with blocks done and in all passes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The models of a run. */
export interface CorrelationModels {
  readonly base: NeuronSource;
  readonly partners: readonly NeuronSource[];
}

function blocksOf(
  models: CorrelationModels,
  tokens: Tokens,
  { dropped, blockTokens = usualBlockTokens(models) }: CorrelateOptions,
): TokenBlocks {
  return new TokenBlocks(tokens, { blockTokens, dropped });
}

/**
 * The work that {@linkcode correlateNeurons} would do.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when the memory does not hold one tile.
 */
export function planRun(
  models: CorrelationModels,
  tokens: Tokens,
  options: CorrelateOptions,
): CorrelationPlan & { readonly blocks: TokenBlocks } {
  const { base, partners } = models;
  const blocks = blocksOf(models, tokens, options);
  const { baseline = "none", rotation, memory = SUMS_MEMORY } = options;
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

/** What the sums of any pass of a run are made from. */
export type RunStream = Omit<StreamOptions, "tiles" | "identity" | "range" | "begun">;

/**
 * The models, blocks and settings that every pass of a run shares.
 *
 * @throws {NeuriteError} E-TOKENS when no position is kept.
 */
export function runStream(
  device: Device,
  { models, tokens, blocks, options }: {
    models: CorrelationModels;
    tokens: Tokens;
    blocks: TokenBlocks;
    options: CorrelateOptions;
  },
): RunStream {
  if (!blocks.firstKept()) throw nothingKept(tokens, options.dropped);
  const { similarity, baseline, rotation, above = 0, seed = 0, signal, float16Moments } = options;
  return {
    device,
    base: models.base,
    partners: models.partners,
    blocks,
    covariance: baseline === "rotation" && rotation !== undefined,
    above: similarity === "jaccard" ? above : undefined,
    float16Moments,
    seed,
    signal,
  };
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
  const { similarity = "pearson", baseline = "none", float16Moments } = options;
  const { passes, blocks } = planRun(models, tokens, options);
  const stream = runStream(device, { models, tokens, blocks, options });
  const rotation = baseline === "rotation" ? options.rotation : undefined;
  let done = 0;
  const onBlock = () => options.onProgress?.(++done, passes.length * blocks.count);
  return await finishRun(
    { device, ...models, passes, similarity, baseline, rotation, float16Moments },
    (tiles) => streamSums({ ...stream, tiles, identity: "", onBlock }),
  );
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
