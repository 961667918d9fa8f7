import { openTokenizer, type TextTokenizer } from "../model/tokenizer.ts";
import { type Prompts, readPrompts } from "./prompt_file.ts";
import type { YearPrompts } from "./year_prompts.ts";

/**
 * The prompts that a script is asked to run: those of `--prompts`, or drawn ones.
 *
 * @param directory of the model, whose tokenizer reads text.
 * @param path the value of `--prompts`.
 * @param draw makes prompts where no file is given.
 * @throws {NeuriteError} as `readPrompts`; E-TOKENIZER; what `draw` throws.
 */
export async function askedPrompts(
  directory: string,
  path: string | undefined,
  draw: (tokenizer: TextTokenizer) => YearPrompts,
): Promise<Prompts> {
  const tokenizer = () => openTokenizer(directory);
  return path === undefined ? draw(await tokenizer()) : await readPrompts(path, tokenizer);
}
