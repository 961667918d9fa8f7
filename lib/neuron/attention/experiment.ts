/**
 * attention_deactivation as a whole: the heuristic, a path, its neurons ablated in the order of their
 * scores.
 *
 * @module
 */
import { type FoldedWeights, foldWeights } from "../../model/folding.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { ablateNeurons } from "./ablate.ts";
import { AblationStatistics, tokenValues } from "./ablation_statistics.ts";
import { bosDirections } from "./bos_directions.ts";
import { type BosScan, scanBosScores } from "./bos_scores.ts";
import type { HeadPath } from "./head_path.ts";
import { keptRanks, KeptTokens, type RankRange } from "./kept_tokens.ts";
import { type AblationSizes, planAblation } from "./plan.ts";
import { type AskedPath, choosePath, type RankedNeurons, rankNeurons } from "./rank_neurons.ts";
import type { SpearmanMethod } from "./spearman.ts";

/** The heuristic's results and the path that is measured. */
export interface ChosenPath {
  readonly folded: FoldedWeights;
  readonly scan: BosScan;
  readonly path: HeadPath;
  readonly ranked: RankedNeurons;
}

/** What the heuristic is told. */
export interface HeuristicOptions {
  /** A path or parts of it; the rest is chosen by the largest score. */
  readonly asked: AskedPath;
  readonly scaled: boolean;
  /** Neurons kept of each head. */
  readonly strongest: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Scores all neurons, chooses the path, and ranks its neurons.
 *
 * @throws {NeuriteError} as `bosDirections`, `choosePath`; E-CHECKPOINT for weights that are not finite.
 */
export async function scorePath(model: Model, options: HeuristicOptions): Promise<ChosenPath> {
  const { config } = model;
  const folded = foldWeights(model.weights);
  const directions = await bosDirections(model, folded, options);
  const { strongest: top } = options;
  const scan = await scanBosScores(model.device, folded, { ...options, config, directions, top });
  const path = choosePath(config, scan.best, options.asked);
  return { folded, scan, path, ranked: await rankNeurons(folded, directions, path) };
}

/** What the ablations are told. */
export interface MeasureOptions {
  readonly range: RankRange;
  readonly afterPos: number;
  readonly method: SpearmanMethod;
  /** Ranks whose measures are kept token by token, as `keptRanks` takes them. */
  readonly keep: readonly string[];
  /** A further rank that is kept. */
  readonly alsoKept?: number | undefined;
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the ablations gave. */
export interface Measured extends ReturnType<AblationStatistics["finish"]> {
  /** By rank. */
  readonly kept: ReadonlyMap<number, KeptTokens>;
  /** Means over all queries of the clean run. */
  readonly clean: { readonly norm: number; readonly bos: number };
}

/** The sizes of a measurement on `tokens [B, S]`. */
export function measureSizes(tokens: Tokens, options: MeasureOptions): AblationSizes {
  const [rows, positions] = tokens.shape as [number, number];
  const { range: { from, to }, afterPos, method, memory } = options;
  return { rows, positions, queries: positions - afterPos, ranks: to - from, method, memory };
}

/**
 * Ablates the neurons of a range of ranks and correlates their activations with what the head loses.
 *
 * @throws {NeuriteError} as `planAblation`, `keptRanks`, `ablateNeurons`.
 */
export async function measurePath(
  model: Model,
  tokens: Tokens,
  { folded, path, ranked, ...options }: MeasureOptions & Omit<ChosenPath, "scan">,
): Promise<Measured> {
  const { range, afterPos, method, keep, alsoKept, signal, onProgress } = options;
  const sizes = measureSizes(tokens, options);
  const plan = planAblation(model.config, sizes, model.device.maxTensorBytes);
  const ranks = [
    ...keptRanks(keep, { path, ranked, range }),
    ...(alsoKept === undefined ? [] : [alsoKept]),
  ];
  const { rows, positions } = sizes;
  const kept = new Map(
    ranks.map((rank) => [rank, new KeptTokens({ rows, from: afterPos, positions })]),
  );
  const statistics = new AblationStatistics({
    ranks: sizes.ranks,
    tokens: rows * sizes.queries,
    method,
  });
  const ablations = ablateNeurons(model, folded, tokens, {
    path,
    neurons: ranked.neurons.slice(range.from, range.to),
    afterPos,
    entries: plan.entries,
    memory: plan.forward,
    signal,
    onProgress,
  });
  const clean = { norm: 0, bos: 0 };
  for await (const ablated of ablations) {
    if (ablated.first === 0) {
      clean.norm += meanOf(ablated.clean.norm) / rows;
      clean.bos += meanOf(ablated.clean.bos) / rows;
    }
    for (let i = 0; i < ablated.count; i++) {
      const values = tokenValues(ablated, i);
      statistics.add(ablated.first + i, values);
      kept.get(range.from + ablated.first + i)?.set(ablated.row, values);
    }
  }
  return { ...statistics.finish(), kept, clean };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
