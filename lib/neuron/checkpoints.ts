/** When states are saved. */
export interface CheckpointOptions<State> {
  readonly save: (state: State) => Promise<void>;
  /** Most minutes between two saves; 0 saves every state. */
  readonly minutes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a walk that tells its state after each block, and saves the state now and then, and once more when
 * the walk throws the signal's reason.
 *
 * @returns what the walk gives; its last state may not be saved.
 *
 * @example Usage
 * ```ts
 * import { withCheckpoints } from "neurite/lib/neuron/checkpoints.ts";
 *
 * const saved: number[] = [];
 * const save = ({ sum }: { sum: number }): Promise<void> => {
 *   saved.push(sum);
 *   return Promise.resolve();
 * };
 * const sum = await withCheckpoints(async (onState: typeof save) => {
 *   const state = { sum: 0 };
 *   for (state.sum = 1; state.sum < 3; state.sum++) await onState(state);
 *   return state.sum;
 * }, { save, minutes: 0 });
 * if (sum !== 3 || saved.join() !== "1,2") throw new Error("unreachable");
 * ```
 */
export async function withCheckpoints<State extends object, Result>(
  walk: (onState: (state: State) => Promise<void>) => Promise<Result>,
  { save, minutes, signal }: CheckpointOptions<State>,
): Promise<Result> {
  let savedAt = performance.now();
  const unsaved: State[] = [];
  async function onState(state: State): Promise<void> {
    unsaved[0] = state;
    if ((performance.now() - savedAt) / 60_000 < minutes) return;
    await save(state);
    unsaved.length = 0;
    savedAt = performance.now();
  }
  try {
    return await walk(onState);
  } catch (error) {
    // Any other failure may have left a block half added.
    if (error === signal?.reason) { for (const state of unsaved) await save(state); }
    throw error;
  }
}
