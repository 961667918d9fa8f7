/**
 * What a prompt file may hold, whichever way it is written.
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { cannot, type NeuriteError } from "../errors.ts";
import type { YearPrompts } from "./year_prompts.ts";

/** Prompts in pairs for any contrast task, with the tokens whose probabilities decide it. */
export interface LabelPrompts {
  /** i32 `[N, T]`. */
  readonly goodTokens: HostArray<Int32Array>;
  /** i32 `[N, T]`, each row different from its good one. */
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[C]`, different tokens, C from 2 to 100,000. */
  readonly labelTokenIds: HostArray<Int32Array>;
  /** i32 `[N, C]`: 1 for a right answer of a row, −1 for a wrong one, 0 for neither. */
  readonly labelSigns: HostArray<Int32Array>;
}

/** Either kind of prompts; `"YY" in prompts` tells them apart. */
export type Prompts = YearPrompts | LabelPrompts;

/** Most numbers of one array (256 MiB as int32): a million prompts of 64 tokens. */
export const MOST_NUMBERS = 2 ** 26;

/** Most different labels; more is a whole vocabulary, not a set of answers. */
export const MOST_LABELS = 100_000;

/** Start years that a prompt may have, in words. */
export const YEAR_RANGE = "from 1 to 98, with a year either side";

/** A start year needs an earlier and a later one among the hundred answers. */
export function isStartYear(year: number): boolean {
  return Number.isInteger(year) && year >= 1 && year <= 98;
}

/** Where the content of a prompt file is told. */
export const PROMPT_FILE_HINT = "see docs/prompts.md for what a prompt file holds";

/** Where the lines of a prompt file are told. */
export const LINES_HINT = "see docs/prompts.md for the lines of a prompt file";

/** What is wrong with a part of a prompt file. */
export interface PromptComplaint {
  readonly is: string;
  readonly expected: string;
  readonly hint: string;
}

/** E-PROMPTS: `Cannot use <part> of "<path>": …`. */
export function promptFault(path: string, part: string, complaint: PromptComplaint): NeuriteError {
  return cannot("E-PROMPTS", { do: `use ${part} of`, thing: path, ...complaint });
}
