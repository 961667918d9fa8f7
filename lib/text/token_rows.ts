import type { HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";

/** What the rows of {@linkcode tokenRows} must be like, and what to say when they are not. */
export interface TokenRowOptions {
  /** A sentence whose number of tokens all rows must have. */
  readonly model: string;
  /** What the sentences are, in an error: `"prompt of task 8"`. */
  readonly what: string;
  readonly hint: string;
}

/**
 * Token rows of sentences: i32 `[N, T]`, T that of the model sentence.
 *
 * @throws {NeuriteError} E-PROMPTS naming the first sentence of another length.
 */
export function tokenRows(
  tokenizer: TextTokenizer,
  sentences: readonly string[],
  { model, what, hint }: TokenRowOptions,
): HostArray<Int32Array> {
  const rows = sentences.map((sentence) => tokenizer.encode(sentence));
  const T = tokenizer.encode(model).length;
  const odd = rows.findIndex((row) => row.length !== T);
  if (odd >= 0) {
    throw cannot("E-PROMPTS", {
      do: `tokenize ${what}`,
      thing: sentences[odd]!,
      is: `${rows[odd]!.length} tokens`,
      expected: `${T} tokens, as "${model}"`,
      hint,
    });
  }
  return { data: Int32Array.from(rows.flatMap((row) => [...row])), shape: [rows.length, T] };
}
