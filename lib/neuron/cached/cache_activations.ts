import { join } from "node:path";
import type { RunFolder } from "../../store/run/run_folder.ts";
import { ARRAYS_FILE, finishActivations } from "./finish.ts";
import { DEFAULT_BLOCK_TOKENS, layoutOf, planActivations } from "./plan.ts";
import type { ActivationSetup } from "./setup.ts";
import { type ColumnRun, workPlace, writeColumns } from "./write_columns.ts";

/** How a cache is written. */
export interface CacheOptions extends Pick<ColumnRun, "model" | "signal" | "onProgress"> {
  /** Tokens computed at once; another number may change the last bit of results. @default {2048} */
  readonly blockTokens?: number | undefined;
  /** Bytes that a block and the columns waiting to be written may take. @default {2 GiB} */
  readonly memory?: number | undefined;
  /** Most minutes between two saves; 0 is after every block. @default {10} */
  readonly checkpointMinutes?: number | undefined;
  /** Begin again whatever is there. @default {false} */
  readonly force?: boolean | undefined;
}

/**
 * Writes the activations of chosen neurons over a corpus, and loss, entropy and rank of each next
 * token, into a run's folder (spec/universal_neurons section 1.8), or goes on with those that an
 * earlier process of the same run left. `openActivations` reads them once the run is
 * finished.
 *
 * What is held is one block of tokens, the columns waiting to be written, and the token ids.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when one block does not fit; E-STOPPED when the signal says
 * so, with all blocks so far saved; E-FILE-FULL; the errors of the forward pass.
 */
export async function cacheActivations(
  run: RunFolder,
  setup: ActivationSetup,
  options: CacheOptions,
): Promise<void> {
  const { blockTokens = DEFAULT_BLOCK_TOKENS, memory } = options;
  const plan = planActivations(setup, { blockTokens, memory });
  const { identity } = run;
  const layout = layoutOf(setup, { suite: "neurite", identity });
  const sums = await writeColumns({
    setup,
    plan,
    layout,
    identity,
    work: workPlace(run.directory),
    result: join(run.directory, ARRAYS_FILE),
    model: options.model,
    checkpointMinutes: options.checkpointMinutes ?? 10,
    force: options.force ?? false,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  await finishActivations(run, setup, { layout, sums });
}
