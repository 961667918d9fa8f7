/**
 * A contrast task: pairs of prompts that differ where the answer is decided, the answers looked at,
 * and which of them are right for each pair. Greater-than is one; so is any task with a set of labels.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { promptPositions, type YearPairs } from "./prompt_positions.ts";
import type { PositionIndex } from "../graph/nodes.ts";
import { type Direction, YEARS, yearSigns } from "./year_metrics.ts";

export type { YearPairs };

/** Prompts in pairs, and what counts as right. */
export interface ContrastTask {
  /** i32 `[N, T]`. */
  readonly goodTokens: HostArray<Int32Array>;
  /** i32 `[N, T]`, the prompts without the information the answer needs. */
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[C]`, the tokens whose probabilities are looked at. */
  readonly labelIds: Int32Array;
  /** `[N, C]`: 1 for a right answer, −1 for a wrong one, 0 for neither. */
  readonly signs: Int8Array;
  /** END, and YY: where the information is. */
  readonly positions: PositionIndex;
  /** i32 `[N]`: start years, where the labels are `00`..`99`. */
  readonly YY?: Int32Array | undefined;
}

/** Pairs of prompts with any labels. */
export interface LabelPairs {
  readonly goodTokens: HostArray<Int32Array>;
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[C]`. */
  readonly labelTokenIds: HostArray<Int32Array>;
  /** i32 `[N, C]`, of −1, 0 and 1. */
  readonly labelSigns: HostArray<Int32Array>;
}

/**
 * Year pairs as a task.
 *
 * @throws {NeuriteError} E-PROMPTS when the start years stand at no common position and none is given.
 */
export function yearTask(
  pairs: YearPairs,
  options: { direction?: Direction; positions?: PositionIndex } = {},
): ContrastTask {
  const { goodTokens, badTokens, YY, yearTokenIds } = pairs;
  return {
    goodTokens,
    badTokens,
    labelIds: yearTokenIds.data,
    signs: yearSigns(YY.data, options.direction),
    positions: options.positions ?? promptPositions(pairs),
    YY: YY.data,
  };
}

/**
 * Labelled pairs as a task; YY is the first position at which every pair differs.
 *
 * @throws {NeuriteError} E-PROMPTS when the pairs first differ at different positions, or at the last.
 */
export function labelTask(pairs: LabelPairs): ContrastTask {
  const { goodTokens, badTokens, labelTokenIds, labelSigns } = pairs;
  const [N, T] = goodTokens.shape as [number, number];
  const firsts = Array.from({ length: N }, (_, n) => {
    const start = n * T;
    const row = goodTokens.data.subarray(start, start + T);
    return row.findIndex((token, t) => token !== badTokens.data[start + t]);
  });
  const odd = firsts.findIndex((position) => position !== firsts[0]);
  if (odd >= 0) {
    throw cannot("E-PROMPTS", {
      do: "contrast",
      thing: `prompt ${odd}`,
      is: `a pair that first differs at position ${firsts[odd]}`,
      expected: `position ${firsts[0]}, as prompt 0`,
      hint: "give pairs that differ at one common position, such as the name or number asked about",
    });
  }
  const first = firsts[0]!;
  if (first < 0 || first === T - 1) {
    throw cannot("E-PROMPTS", {
      do: "contrast",
      thing: "prompts",
      is: first < 0 ? "pairs that are the same" : "pairs that differ at their last token alone",
      expected: "pairs that differ before their last token",
      hint: "the answer is read at the last token, so what decides it must stand earlier",
    });
  }
  return {
    goodTokens,
    badTokens,
    labelIds: labelTokenIds.data,
    signs: Int8Array.from(labelSigns.data),
    positions: { END: T - 1, YY: first },
  };
}

/** A task of either kind of pairs. */
export function contrastTask(pairs: YearPairs | LabelPairs): ContrastTask {
  return "YY" in pairs ? yearTask(pairs) : labelTask(pairs);
}

/** Some prompts of a task, in the order of `rows`. */
export function taskRows(task: ContrastTask, rows: readonly number[]): ContrastTask {
  const C = task.labelIds.length;
  const tokens = ({ data, shape }: HostArray<Int32Array>): HostArray<Int32Array> => {
    const T = shape[1]!;
    const out = new Int32Array(rows.length * T);
    rows.forEach((row, i) => out.set(data.subarray(row * T, (row + 1) * T), i * T));
    return { data: out, shape: [rows.length, T] };
  };
  const signs = new Int8Array(rows.length * C);
  rows.forEach((row, i) => signs.set(task.signs.subarray(row * C, (row + 1) * C), i * C));
  return {
    ...task,
    goodTokens: tokens(task.goodTokens),
    badTokens: tokens(task.badTokens),
    signs,
    YY: task.YY && Int32Array.from(rows, (row) => task.YY![row]!),
  };
}

/** How many prompts a task has. */
export function taskSize(task: ContrastTask): number {
  return task.goodTokens.shape[0]!;
}

/** Whether the labels are the hundred years, which collated matrices and sharpness need. */
export function asksYears(task: ContrastTask): task is ContrastTask & { readonly YY: Int32Array } {
  return task.YY !== undefined && task.labelIds.length === YEARS;
}

/** Prompts that a search looks at: as many as the paper's sweeps. */
export const SEARCH_PROMPTS = 490;

/**
 * The prompts of a task that a search looks at: at most {@linkcode SEARCH_PROMPTS}, evenly spaced, so
 * that a file sorted by label or year is seen whole.
 */
export function searchRows(task: ContrastTask): ContrastTask {
  const N = taskSize(task);
  const count = Math.min(N, SEARCH_PROMPTS);
  return taskRows(task, Array.from({ length: count }, (_, i) => Math.floor(i * N / count)));
}
