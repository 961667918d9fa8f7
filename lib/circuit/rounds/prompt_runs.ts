/**
 * The good and the bad run of a task, some prompts at a time, so that memory does not grow with their
 * number.
 *
 * @module
 */
import type { ForwardOptions } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import { type ContrastTask, taskRows } from "../task/contrast_task.ts";
import { checkFinite } from "../task/check_finite.ts";
import { measure, type PromptMeasures } from "../task/measures.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { type CacheRequest, cacheRun, type RunCache } from "../patch/run_cache.ts";

/** More prompts a round bring nothing. */
const MOST_PROMPTS = 512;

/** What the two runs of a round may keep together. */
const KEPT_BYTES = 2 ** 30;

/** One round's prompts. */
export interface PromptRuns {
  /** Where these prompts stand in the whole task. */
  readonly rows: readonly number[];
  /** The task of these prompts alone. */
  readonly task: ContrastTask;
  readonly good: RunCache;
  readonly bad: RunCache;
  /** The model's own answers to the good prompts: f64 `[n, C]`. */
  readonly probabilities: Float64Array;
  /** Measures of those answers. */
  readonly baseline: PromptMeasures;
}

/** How the runs are made. */
export interface PromptRunOptions extends Pick<ForwardOptions, "memory" | "signal"> {
  /** @default 512, or fewer where the runs of long prompts would keep over a gigabyte. */
  readonly promptsARound?: number | undefined;
}

/**
 * Runs a task's prompts in rounds. Prompts with the same bad prompt fall into the same round, where
 * they share it.
 *
 * @throws {NeuriteError} as {@linkcode cacheRun}.
 */
export async function* promptRuns(
  programs: NodePrograms,
  task: ContrastTask,
  request: Omit<CacheRequest, "positions">,
  options: PromptRunOptions = {},
): AsyncGenerator<PromptRuns> {
  const { model } = programs;
  const { promptsARound = promptsThatFit(model, task, request), ...run } = options;
  const order = rowsByBadPrompt(task);
  const wanted = { ...request, positions: task.positions };
  for (let start = 0; start < order.length; start += promptsARound) {
    run.signal?.throwIfAborted();
    const rows = order.slice(start, start + promptsARound);
    const part = taskRows(task, rows);
    const good = await cacheRun(model, part.goodTokens, wanted, run);
    const bad = await cacheRun(model, part.badTokens, wanted, run);
    const logProbs = await programs.logProbs(good.final, part.labelIds);
    const probabilities = logProbs.map(Math.exp);
    checkFinite(model, probabilities, part.labelIds.length);
    const baseline = measure(part, probabilities);
    yield { rows, task: part, good, bad, probabilities, baseline };
  }
}

/** How many prompts a round can keep of a task's good and bad runs. */
export function promptsThatFit(
  { config }: Pick<Model, "config">,
  task: ContrastTask,
  { attentionLayers, neuronLayers = [] }: Omit<CacheRequest, "positions">,
): number {
  const { nLayer, nHead, dHead, dModel, dMlp } = config;
  const T = task.goodTokens.shape[1]!;
  const width = nHead * dHead;
  const twice = nLayer * (2 * dModel + width) + attentionLayers.length * (dModel + width) + dModel;
  const floats = 2 * twice + dModel + 2 * T * width * attentionLayers.length +
    neuronLayers.length * dMlp;
  return Math.min(MOST_PROMPTS, Math.max(1, Math.floor(KEPT_BYTES / (2 * 4 * floats))));
}

/** Row numbers with equal bad prompts side by side, otherwise in the task's order. */
function rowsByBadPrompt({ badTokens }: ContrastTask): number[] {
  const [N, T] = badTokens.shape as [number, number];
  const rows = Array.from({ length: N }, (_, n) => n);
  const key = (n: number) => badTokens.data.subarray(n * T, (n + 1) * T).join();
  return [...Map.groupBy(rows, key).values()].flat();
}

/** Puts rows of one round `[n, width]` at their places in the whole `[N, width]`. */
export function placeRows(
  whole: Float64Array,
  part: Float64Array,
  { rows }: Pick<PromptRuns, "rows">,
): void {
  const width = part.length / rows.length;
  rows.forEach((row, i) => whole.set(part.subarray(i * width, (i + 1) * width), row * width));
}
