import { identityHash, type RunDetails, type RunIdentity, type RunRecord } from "./run_record.ts";
import { openRun, type RunFolder } from "./run_folder.ts";
import { isComplete } from "./step.ts";

/** How {@linkcode runOnce} decides and what it tells. */
export interface RunOnceOptions {
  /** Compute even when the same run is finished. @default {false} */
  readonly force?: boolean;
  /** Told in one line why the run is kept or computed. */
  readonly onNote?: (line: string) => void;
}

/**
 * A run that is computed only when a finished one with the same script, options and inputs is not
 * already in the folder.
 *
 * @param body writes the results and says what is to be recorded.
 * @throws {NeuriteError} as `openRun`, and what `body` throws; then the run stays unfinished.
 *
 * @example Usage
 * ```ts
 * import { runOnce } from "neurite/lib/store/run/run_once.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const identity = { script: "example", options: { seed: 1 }, inputs: [] };
 * let times = 0;
 * for (const _ of [1, 2]) {
 *   await runOnce(folder, identity, {}, async (run) => {
 *     times++;
 *     await run.writeSummary({ answer: 42 });
 *     return { argv: [], options: {}, seeds: {} };
 *   });
 * }
 * if (times !== 1) throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function runOnce(
  directory: string,
  identity: RunIdentity,
  { force = false, onNote = () => {} }: RunOnceOptions,
  body: (run: RunFolder) => Promise<RunDetails>,
): Promise<RunRecord> {
  const found = await isComplete(directory, identityHash(identity));
  if (found.complete && !force) {
    onNote(`kept   ${directory}: finished before with the same options and inputs`);
    return found.record;
  }
  onNote(`run    ${directory}: ${found.complete ? "asked for again" : found.reason}`);
  await using run = await openRun(directory, identity);
  return await run.finish(await body(run));
}
