/**
 * How the answers to a task are shown: by start year where the labels are years, else by prompt.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { asksYears, type ContrastTask, taskSize } from "./contrast_task.ts";
import { collate, COLLATED_ROWS, FIRST_YY } from "./year_metrics.ts";

/** Answers f64 `[N, C]`: averaged by start year `[97, 100]` where the labels are years, else as they are. */
export function answerArray(task: ContrastTask, answers: Float64Array): HostArray<Float64Array> {
  if (asksYears(task)) return collate(answers, task.YY);
  return { data: answers, shape: [taskSize(task), task.labelIds.length] };
}

/** How many rows a collated result has: one a start year 02..98, or one where the labels are others. */
export function groupCount(task: ContrastTask): number {
  return asksYears(task) ? COLLATED_ROWS : 1;
}

/** The row that each prompt belongs to: i32 `[N]`. */
export function groupsOf(task: ContrastTask): Int32Array {
  return asksYears(task) ? task.YY.map((yy) => yy - FIRST_YY) : new Int32Array(taskSize(task));
}
