/**
 * Measurements that go over a task in rounds of prompts: each sees the same two runs of a round, and
 * none keeps them.
 *
 * @module
 */
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { measure, type PromptMeasures } from "../task/measures.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import {
  placeRows,
  type PromptRunOptions,
  type PromptRuns,
  promptRuns,
  promptsThatFit,
} from "./prompt_runs.ts";
import { KnownEffects } from "./known_effects.ts";
import type { CacheRequest } from "../patch/run_cache.ts";
import type { SweepContext } from "./sweeps.ts";

/** A round and what sweeps need of it: the good run is patched with the bad one. */
export interface RoundContext extends SweepContext {
  readonly round: PromptRuns;
}

/** Something measured in every round. */
export interface RoundPart {
  /** Measures one round. */
  run(context: RoundContext): Promise<void>;
}

/** How the rounds run. */
export interface RoundOptions extends PromptRunOptions {
  /** Told after each part of a round how many of how many are done. */
  readonly onPart?: ((done: number, total: number) => void) | undefined;
}

/** What is measured, and what its runs must keep. */
export interface RoundRequest extends Omit<CacheRequest, "positions"> {
  readonly parts: readonly RoundPart[];
}

/** The model's own answers to the good prompts, which every round has anyway. */
export interface Baseline extends PromptMeasures {
  /** f64 `[N, C]`. */
  readonly probabilities: Float64Array;
}

/**
 * Runs a task in rounds and each part on each round.
 *
 * @returns the model's own answers and their measures, in the task's order.
 * @throws {NeuriteError} as {@linkcode promptRuns}.
 */
export async function runRounds(
  programs: NodePrograms,
  task: ContrastTask,
  { parts, ...request }: RoundRequest,
  options: RoundOptions = {},
): Promise<Baseline> {
  const { onPart, promptsARound = promptsThatFit(programs.model, task, request), ...rest } =
    options;
  const run = { ...rest, promptsARound };
  const total = parts.length * Math.ceil(taskSize(task) / promptsARound);
  const probabilities = new Float64Array(taskSize(task) * task.labelIds.length);
  let done = 0;
  for await (const round of promptRuns(programs, task, request, run)) {
    const { good, bad, baseline } = round;
    placeRows(probabilities, round.probabilities, round);
    const context: RoundContext = {
      round,
      programs,
      pair: { base: good, patch: bad },
      task: round.task,
      baseline: baseline.probDiff,
      known: new KnownEffects(),
      signal: run.signal,
    };
    for (const part of parts) {
      await part.run(context);
      onPart?.(++done, total);
    }
  }
  return { probabilities, ...measure(task, probabilities) };
}
