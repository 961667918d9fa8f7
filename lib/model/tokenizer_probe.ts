/**
 * Whether rows of token ids are of a model's own tokenizer, by what both make of one line of text.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../errors.ts";
import { openSafetensors } from "../store/format/safetensors.ts";
import { sha256 } from "../store/hash.ts";
import { findTokenizer, type TextTokenizer } from "./tokenizer.ts";

/** A line that two tokenizers hardly cut alike by chance. */
const PROBE = "The universal neurons' 1,732 tests:\n\n\tnaïve_café(x) = 0.5;\n";

/** In the metadata of rows: {@linkcode tokenizerProbe}, and the model whose tokenizer made them. */
export const ROWS_PROBE = "tokenizer_probe";
/** See {@linkcode ROWS_PROBE}. */
export const ROWS_MODEL = "model";

/** The sha256 of the ids of a line of text: the same of two tokenizers that cut text alike. */
export function tokenizerProbe(tokenizer: Pick<TextTokenizer, "encode">): string {
  return sha256(tokenizer.encode(PROBE).join());
}

/**
 * Checks that rows were made with the tokenizers of models. Ids of another tokenizer may well be in the
 * vocabulary, and mean other text. Rows that do not say what made them pass, and so does a model without a
 * tokenizer.
 *
 * @param path of a safetensors file of rows.
 * @param directories of the models.
 * @throws {NeuriteError} E-TOKENIZER naming the file and the model; the errors of the file.
 */
export async function checkRowTokenizer(
  path: string,
  directories: readonly string[],
): Promise<void> {
  await using file = await openSafetensors(path);
  const { [ROWS_PROBE]: made, [ROWS_MODEL]: maker } = file.metadata;
  if (made === undefined) return;
  for (const directory of directories) {
    const tokenizer = await findTokenizer(directory);
    if (!tokenizer || tokenizerProbe(tokenizer) === made) continue;
    throw cannot("E-TOKENIZER", {
      do: "read token rows",
      thing: file.path,
      is: `ids of the tokenizer of ${maker ?? "another model"}`,
      expected: `ids of the tokenizer in ${directory}, which cuts text otherwise`,
      hint: `deno task un:make-dataset --model ${basename(directory)} makes such rows`,
    });
  }
}
