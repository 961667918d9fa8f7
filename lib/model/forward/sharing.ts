/**
 * What the rows of a run share. A position depends on the tokens up to it and on nothing else, so
 * rows that begin alike need those positions once, and equal rows are one row.
 *
 * Rows are sorted, which puts those that begin alike side by side; a batch of them is computed in
 * levels, each of which continues the keys and values of the level before. Where rows branch is
 * found in their tokens, so nothing is assumed about them.
 *
 * @module
 */
import type { Tokens } from "../tokens.ts";

/**
 * What a level costs besides its tokens, in tokens: it reads all weights once more. Measured for
 * GPT-2 small on two threads of `onnx`, native: 60. Twice that, so that a level is
 * made where it clearly pays.
 */
const LEVEL_TOKENS = 128;

/** Positions `from` to `to` − 1 of the different beginnings of a batch's rows. */
export interface Level {
  readonly from: number;
  readonly to: number;
  /** i32 `[N]`, a row of the run that begins as each row of the level. */
  readonly rows: Int32Array;
  /** i32 `[N]`, the row of the level before that each continues; empty in the first level. */
  readonly parents: Int32Array;
  /** i32 `[B]`, the row of the level that each row of the batch begins with. */
  readonly of: Int32Array;
}

/** The rows of one batch and how they are computed. */
export interface BatchPlan {
  /** i32 `[B]`, ascending rows of the run. */
  readonly places: Int32Array;
  readonly levels: readonly Level[];
}

/** Rows of a run, those with equal beginnings side by side. */
export interface SortedRows {
  /** i32 `[B]`, rows of the run in ascending order of their tokens. */
  readonly order: Int32Array;
  /** i32 `[B]`, how many leading tokens a row has in common with the one before; 0 in the first. */
  readonly shared: Int32Array;
}

/** Sorts the rows of `tokens [B, T]`. */
export function sortRows({ data, shape }: Tokens): SortedRows {
  const [B, T] = shape as [number, number];
  const common = (a: number, b: number) => {
    let t = 0;
    while (t < T && data[a * T + t] === data[b * T + t]) t++;
    return t;
  };
  const order = Int32Array.from({ length: B }, (_, row) => row).sort((a, b) => {
    const t = common(a, b);
    return t === T ? a - b : data[a * T + t]! - data[b * T + t]!;
  });
  const shared = order.map((row, i) => i === 0 ? 0 : common(order[i - 1]!, row));
  return { order, shared };
}

/** Rows that share nothing. */
export function unsortedRows(B: number): SortedRows {
  return { order: Int32Array.from({ length: B }, (_, row) => row), shared: new Int32Array(B) };
}

/** What {@linkcode planBatch} is told. */
export interface PlanOptions {
  /** Length of the rows. */
  T: number;
  /**
   * 1 where results depend on the token after a position, as the loss does: rows then share a
   * position only when that token is equal too.
   */
  lookahead: 0 | 1;
  /** What a level costs besides its tokens, in tokens. @default {128} */
  levelTokens?: number;
}

/** How the sorted rows `start` to `end` − 1 are computed in as few token-forwards as can be. */
export function planBatch(
  { order, shared }: SortedRows,
  [start, end]: readonly [number, number],
  { T, lookahead, levelTokens = LEVEL_TOKENS }: PlanOptions,
): BatchPlan {
  const rows = order.subarray(start, end);
  const common = shared.subarray(start, end);
  // The level that ends at `to` has a row for each different beginning of so many tokens.
  const keyLength = (to: number) => Math.min(to + lookahead, T);
  const beginnings = countBeginnings(common, T);
  const rowsOf = (to: number) => beginnings[keyLength(to)]!;
  const ends = cheapestEnds(T, { rowsOf, levelTokens });
  const byPlace = rows.map((_, i) => i).sort((a, b) => rows[a]! - rows[b]!);
  const places = byPlace.map((i) => rows[i]!);
  if (ends.length === 1 && beginnings[T] === rows.length) return wholeRows(places, T);

  const levels: Level[] = [];
  let from = 0;
  let before: Int32Array | undefined;
  for (const to of ends) {
    const key = keyLength(to);
    const isFirst = (i: number) => i === 0 || common[i]! < key;
    let count = 0;
    const of = common.map((_, i) => (isFirst(i) ? count++ : count - 1));
    const firsts = of.map((_, i) => i).filter(isFirst);
    levels.push({
      from,
      to,
      rows: firsts.map((i) => rows[i]!),
      parents: before ? firsts.map((i) => before![i]!) : new Int32Array(),
      of: byPlace.map((i) => of[i]!),
    });
    from = to;
    before = of;
  }
  return { places, levels };
}

function wholeRows(places: Int32Array, T: number): BatchPlan {
  const level = { from: 0, to: T, rows: places, parents: new Int32Array() };
  return { places, levels: [{ ...level, of: places.map((_, i) => i) }] };
}

/** `[T + 1]`, into how many different beginnings of each length the sorted rows fall. */
function countBeginnings(common: Int32Array, T: number): Int32Array {
  const branches = new Int32Array(T + 1);
  common.forEach((length, i) => i > 0 && branches[length]!++);
  let count = 1;
  return branches.map((_, length) => length === 0 ? 1 : count += branches[length - 1]!);
}

/** Where levels end, the last at T; `rowsOf(to)` is how many rows a level that ends there has. */
function cheapestEnds(
  T: number,
  { rowsOf, levelTokens }: { rowsOf: (to: number) => number; levelTokens: number },
): number[] {
  // Only the last position before rows branch can be a best end.
  const ends = Array.from({ length: T }, (_, i) => i + 1)
    .filter((to) => to === T || rowsOf(to) < rowsOf(to + 1));
  const best = new Map([[0, { cost: 0, path: [] as number[] }]]);
  for (const to of ends) {
    const costs = [...best].map(([from, { cost, path }]) => ({
      cost: cost + levelTokens + rowsOf(to) * (to - from),
      path,
    }));
    const { cost, path } = costs.reduce((a, b) => b.cost < a.cost ? b : a);
    best.set(to, { cost, path: [...path, to] });
  }
  return best.get(T)!.path;
}
