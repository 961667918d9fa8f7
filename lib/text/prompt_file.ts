/**
 * One's own good and bad prompts (`--prompts FILE`, design section 8; docs/prompts.md).
 *
 * @module
 */
import { resolve } from "node:path";
import type { TextTokenizer } from "../model/tokenizer.ts";
import { readPromptArrays } from "./prompt_arrays.ts";
import { PROMPT_FILE_HINT, promptFault, type Prompts } from "./prompt_kinds.ts";
import { readPromptLines } from "./prompt_lines.ts";
import { tokenizePrompts } from "./tokenize_prompts.ts";
import type { YearPrompts } from "./year_prompts.ts";

export type { LabelPrompts, Prompts } from "./prompt_kinds.ts";

/**
 * Reads prompts of any contrast task: text where the name ends in `.jsonl`, else safetensors.
 *
 * Safetensors, int32 or int64: `good_tokens`, `bad_tokens` `[N, T]`, and either `YY` `[N]` with
 * `year_token_ids` `[100]`, or `label_token_ids` `[C]` with `label_signs` `[N, C]` of 1 (right), −1
 * (wrong), 0. Text: a line `{"good", "bad", "year"}` or `{"good", "bad", "right", "wrong"}` a pair.
 *
 * @param openTokenizer opens the model's tokenizer; called for text alone.
 * @throws {NeuriteError} E-PROMPTS naming the array or line and what is wrong with it; E-SAFETENSORS,
 * E-TOKENIZER and the E-FILE-… codes.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { readPrompts } from "neurite/lib/text/prompt_file.ts";
 *
 * const tokenizer = () => openTokenizer("cache/models/tiny-gpt2-a");
 * const prompts = await readPrompts("cache/inputs/ioi_prompts.jsonl", tokenizer);
 * if ("YY" in prompts || prompts.labelTokenIds.data.length < 2) throw new Error("unreachable");
 * ```
 */
export async function readPrompts(
  path: string,
  openTokenizer: () => Promise<TextTokenizer>,
): Promise<Prompts> {
  if (!/\.jsonl$/i.test(path)) return await readPromptArrays(path);
  const absolute = resolve(path);
  const lines = await readPromptLines(absolute);
  return tokenizePrompts({ path: absolute, tokenizer: await openTokenizer() }, lines);
}

/**
 * Reads year prompts: `good_tokens`, `bad_tokens` int32 `[N, T]`, `YY` int32 `[N]`, `year_token_ids`
 * int32 `[100]`.
 *
 * @throws {NeuriteError} as {@linkcode readPrompts}, and E-PROMPTS for a file with other labels.
 */
export async function readYearPrompts(path: string): Promise<YearPrompts> {
  const prompts = await readPromptArrays(path);
  if ("YY" in prompts) return prompts;
  throw promptFault(resolve(path), "label_token_ids", {
    is: "labels that are not years",
    expected: "YY and year_token_ids",
    hint: PROMPT_FILE_HINT,
  });
}
