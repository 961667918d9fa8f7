import type { TextTokenizer } from "../model/tokenizer.ts";

/** Tokens as text in quotes; ids that stand for no text, such as padding rows of W_U, as numbers. */
export function quotedTokens(tokenizer: TextTokenizer | undefined, ids: readonly number[]): string {
  let text = "";
  try {
    text = tokenizer?.decode(ids) ?? "";
  } catch {
    // The vocabulary matrices may have more rows than the tokenizer has tokens.
  }
  return text === "" ? ids.map((id) => `#${id}`).join(" ") : JSON.stringify(text);
}
