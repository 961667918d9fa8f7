/**
 * The generalization tasks that a script is asked to run.
 *
 * @module
 */
import { warn } from "../cli/log.ts";
import { cannot, NeuriteError } from "../errors.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";
import {
  makeSequencePrompts,
  SEQUENCE_TASKS,
  type SequencePromptOptions,
  type SequencePrompts,
} from "./sequence_tasks.ts";

/** A task with its prompts. */
export interface AskedSequence {
  readonly id: number;
  readonly prompts: SequencePrompts;
}

/** The tasks that a tokenizer can do, and why it cannot do the others. */
export interface AskedSequences {
  readonly made: readonly AskedSequence[];
  /** Messages by the task's number. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * Checks the numbers of `--tasks`.
 *
 * @throws {NeuriteError} E-USAGE for none, one that is no task's, and one twice.
 */
export function checkSequenceIds(ids: readonly number[]): void {
  const known = new Set(SEQUENCE_TASKS.map(({ id }) => id));
  const wrong = ids.find((id, i) => !known.has(id) || ids.indexOf(id) !== i);
  if (wrong === undefined && ids.length > 0) return;
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--tasks",
    is: wrong === undefined ? "an empty list" : known.has(wrong) ? `${wrong} twice` : `${wrong}`,
    expected: `numbers from 0 to ${SEQUENCE_TASKS.length - 1}, each once`,
    hint: "leave out --tasks for all of them",
  });
}

/**
 * Makes the prompts of each task; one that the tokenizer cannot do is left out with a warning.
 *
 * @throws {NeuriteError} E-PROMPTS where it can do none; otherwise as `makeSequencePrompts`.
 */
export function askedSequences(
  tokenizer: TextTokenizer,
  ids: readonly number[],
  options: Pick<SequencePromptOptions, "seed"> = {},
): AskedSequences {
  const made: AskedSequence[] = [];
  const refused: [id: number, reason: NeuriteError][] = [];
  for (const id of ids) {
    try {
      made.push({ id, prompts: makeSequencePrompts(tokenizer, id, options) });
    } catch (error) {
      if (!(error instanceof NeuriteError && error.code === "E-PROMPTS")) throw error;
      warn(`task ${id} is left out: ${error.message}`);
      refused.push([id, error]);
    }
  }
  const first = refused[0]?.[1];
  if (made.length === 0 && first) throw first;
  return { made, refused: Object.fromEntries(refused.map(([id, { message }]) => [id, message])) };
}
