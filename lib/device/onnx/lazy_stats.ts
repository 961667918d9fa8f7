/**
 * Statistics of a softmax that are written to a model only when they are asked for.
 *
 * @module
 */
import type { UnembedStat } from "../graph.ts";

/** What writes each statistic and returns its name. */
export type Stats = Record<UnembedStat, () => string>;

/** Writes something once, when it is first asked for. */
export function lazy(make: () => string): () => string {
  let made: string | undefined;
  return () => made ??= make();
}
