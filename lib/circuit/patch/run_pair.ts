import type { RunCache } from "./run_cache.ts";

/** The two runs of a patch. */
export interface RunPair {
  /** Where everything off the plan stays. */
  readonly base: RunCache;
  /** Where the plan's leaves take their values from. */
  readonly patch: RunCache;
}
