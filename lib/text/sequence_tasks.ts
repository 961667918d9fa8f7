/**
 * The ten tasks that ask how far the greater-than circuit generalizes (Hanna et al. 2023, section 5;
 * spec/greater_than section 3.6): 97 prompts each, seeded.
 *
 * @module
 */
import type { TextTokenizer } from "../model/tokenizer.ts";
import { ROWS } from "./sequence/sequence_rows.ts";
import { seriesRows, seriesYears } from "./sequence/series_rows.ts";
import { templateRows } from "./sequence/template_rows.ts";
import { WORDINGS } from "./sequence/wordings.ts";
import { yearPosition } from "./sequence/year_position.ts";
import { tokenRows } from "./token_rows.ts";
import type { YearPrompts } from "./year_prompts.ts";
import { drawYearSeries, type YearSeries } from "./year_series.ts";
import { yearTokenIds } from "./years.ts";

/** The task whose sentences are series of years and no template. */
const SERIES_TASK = 9;

/** A task, for lists and figures. */
export interface SequenceTask {
  /** The original's option number, 0 to 9. */
  readonly id: number;
  /** A short name in plain words. */
  readonly title: string;
  /** Which answers are right: years above YY, or below. */
  readonly direction: "greater" | "less";
  /** A good prompt, without `<|endoftext|>`. */
  readonly example: string;
  /** What is odd or easily missed about it. */
  readonly note: string;
}

/** The prompts of a task. */
export interface SequencePrompts extends YearPrompts {
  readonly direction: "greater" | "less";
  /** Token positions of the year that good and bad prompts disagree on, and of the last token. */
  readonly positions: { readonly YY: number; readonly END: number };
}

/** How the prompts are drawn. */
export interface SequencePromptOptions {
  /** @default {0} */
  seed?: number | undefined;
  /** Task 9 only: these 97 series of five years, instead of drawn ones. */
  series?: YearSeries | undefined;
}

/** The ten tasks. Each begins with `<|endoftext|>` and a space, but for task 9. */
export const SEQUENCE_TASKS: readonly SequenceTask[] = [
  ...WORDINGS.map(({ title, direction, note, century, sentence }, id) => ({
    id,
    title,
    direction,
    example: sentence({ noun: "war", item: "watch" }, `${century}32`),
    note,
  })),
  {
    id: SERIES_TASK,
    title: "years of one century",
    direction: "greater",
    example: "1744, 1712, 1765, 1712, 1732, 17",
    note:
      "random centuries, and rows in no order of YY; without <|endoftext|>, so years are only " +
      "those that are two tokens without a space too, as GPT-2's 1027 is not",
  },
];

/**
 * Makes the prompts of a task. The same seed gives the same prompts; nouns are drawn once, the same
 * for every task, from those that are one token after a space. Row order is YY from 02 to 98, but for
 * task 9. Labels (`YY`) are the original's, also in task 7's replaced rows.
 *
 * @throws {NeuriteError} E-PROMPTS naming task and sentence when a tokenizer makes prompts of unequal
 * length, or does not split the task's years after the century; E-TOKENIZER when a two-digit number
 * is not one token.
 * @throws {RangeError} when there is no such task, or the given series are not 97 of five years.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { makeSequencePrompts, SEQUENCE_TASKS } from "neurite/lib/text/sequence_tasks.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const { positions, direction } = makeSequencePrompts(tokenizer, 6, { seed: 1 });
 * if (positions.YY !== 8 || direction !== SEQUENCE_TASKS[6]!.direction) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export function makeSequencePrompts(
  tokenizer: TextTokenizer,
  taskId: number,
  { seed = 0, series }: SequencePromptOptions = {},
): SequencePrompts {
  const task = SEQUENCE_TASKS[taskId];
  if (!task) {
    throw new RangeError(
      `Cannot make prompts of task "${taskId}": no such task, expected 0 to ${SERIES_TASK}`,
    );
  }
  const ids = { data: yearTokenIds(tokenizer), shape: [100] };
  const wording = WORDINGS[taskId];
  const { good, bad, YY, written } = wording
    ? templateRows(tokenizer, wording, seed)
    : seriesRows(series ?? drawYearSeries(seriesYears(tokenizer), { count: ROWS, seed }));
  const what = `task ${taskId}, ${task.title}`;
  const rows = (sentences: readonly string[]) =>
    tokenRows(tokenizer, sentences, {
      model: good[0]!,
      what: `prompt of task ${taskId}`,
      hint: "this tokenizer splits some words or years of the task; leave the task out",
    });
  const goodTokens = rows(good);
  const badTokens = rows(bad);
  return {
    goodTokens,
    badTokens,
    YY: { data: Int32Array.from(YY), shape: [ROWS] },
    yearTokenIds: ids,
    direction: task.direction,
    positions: {
      YY: yearPosition({ goodTokens, badTokens, yearTokenIds: ids, written }, what),
      END: goodTokens.shape[1]! - 1,
    },
  };
}
