/** Rows of each task: one for each YY from 02 to 98, but for the series. */
export const ROWS = 97;

/** Sentences of a task, and the last two digits of each row's label and of the year it writes. */
export interface SequenceRows {
  readonly good: readonly string[];
  readonly bad: readonly string[];
  readonly YY: readonly number[];
  readonly written: readonly number[];
}
