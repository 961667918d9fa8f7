import type { TextTokenizer } from "../../model/tokenizer.ts";

/** Options of {@linkcode tokenStrings}. */
export interface TokenStringOptions {
  /**
   * Take a space away before `.`, `?`, `!`, `,` and English contractions, as transformers' `decode`
   * did by default when the paper's code ran (`clean_up_tokenization_spaces`): " ." reads "." then
   * and no longer starts with a space. @default {false}
   */
  readonly cleanUp?: boolean;
}

function cleaned(text: string): string {
  return text.replace(/ ([.?!,])/g, "$1").replace(/ ' /g, "'").replace(
    / (n't|'(?:m|s|ve|re))/g,
    "$1",
  );
}

/**
 * Each token decoded alone, `[V]`; bytes that are no whole character are U+FFFD, and ids that no token
 * has, such as padding of a model's vocabulary, are the empty text.
 *
 * @param count V, the ids to decode.
 */
export function tokenStrings(
  tokenizer: TextTokenizer,
  count: number,
  { cleanUp = false }: TokenStringOptions = {},
): string[] {
  return Array.from({ length: count }, (_, id) => {
    const text = tokenizer.decode([id]);
    return cleanUp ? cleaned(text) : text;
  });
}
