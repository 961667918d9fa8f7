/**
 * The nearest name to a misspelt one: flags, hooks, aliases, columns.
 *
 * @module
 */

// A hostile word must not cost more than this squared, per candidate.
const LONGEST_WORD = 256;

/**
 * The Damerau-Levenshtein distance (optimal string alignment): the insertions, deletions,
 * substitutions and swaps of neighbours that turn one word into the other.
 *
 * @example Usage
 * ```ts
 * import { editDistance } from "neurite/lib/nearest.ts";
 *
 * if (editDistance("modle", "model") !== 1) throw new Error("unreachable");
 * ```
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate closest to `word`, or undefined when none is close: at most a third of the
 * characters, and at least two, may differ. A candidate that the word begins counts as close.
 * Case is ignored; the first of equals wins.
 *
 * @example Usage
 * ```ts
 * import { nearest } from "neurite/lib/nearest.ts";
 *
 * const hooks = ["blocks.0.hook_resid_pre", "blocks.0.mlp.hook_post"];
 * if (nearest("blocks.0.mlp.hook_pots", hooks) !== hooks[1]) throw new Error("unreachable");
 * if (nearest("entirely different", hooks) !== undefined) throw new Error("unreachable");
 * ```
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  let begun: string | undefined;
  for (const candidate of candidates) {
    if (candidate.length > LONGEST_WORD) continue;
    const name = candidate.toLowerCase();
    if (wanted.length > 1 && begun === undefined && name.startsWith(wanted)) begun = candidate;
    const allowed = Math.max(2, Math.floor(Math.max(name.length, wanted.length) / 3));
    // A word of one or two letters is within two edits of everything.
    if (Math.min(allowed, name.length - 1) < Math.abs(name.length - wanted.length)) continue;
    const distance = editDistance(wanted, name);
    if (distance <= Math.min(allowed, name.length - 1) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? begun;
}
