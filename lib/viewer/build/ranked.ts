import type { Ranked, SparseCounts } from "../format.ts";
import { shown } from "./shown.ts";

/** How many are kept of a ranking, and which of its ids can be shown. */
export interface RankLimit {
  readonly most: number;
  /** Ids are below this; a run's file may hold anything. */
  readonly ids: number;
}

/** The first entries of a ranking; places without an entry have id −1. */
export function ranked(
  ids: ArrayLike<number>,
  values: ArrayLike<number>,
  limit: RankLimit,
): Ranked {
  const kept: { ids: number[]; values: number[] } = { ids: [], values: [] };
  for (let i = 0; i < ids.length && kept.ids.length < limit.most; i++) {
    const [id, value] = [ids[i]!, values[i]!];
    if (id < 0 || id >= limit.ids || !Number.isFinite(value)) continue;
    kept.ids.push(id);
    kept.values.push(shown(value));
  }
  return kept;
}

/** A histogram without the empty bins at its ends; no counts where all are empty. */
export function sparseCounts(counts: ArrayLike<number>): SparseCounts {
  let [first, end] = [0, counts.length];
  while (first < end && counts[first] === 0) first++;
  while (end > first && counts[end - 1] === 0) end--;
  const kept = Array.from({ length: end - first }, (_, i) => counts[first + i]!);
  return { first: kept.length === 0 ? 0 : first, counts: kept };
}
