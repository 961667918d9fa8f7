import type { TextTokenizer } from "../model/tokenizer.ts";

/** The number a token stands for; 0 when it stands for none. */
export type NumberOfToken = (id: number) => number;

/**
 * Reads tokens as numbers, as the original does (spec/greater_than section 3.13): the text of a token
 * without its first `skip` characters, when it is digits alone, else 0. So with `skip` 1 the token
 * ` 17` is 17, and so is `117`.
 *
 * @param skip characters left out at the start: 1 for the space marker of a word's first token.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { tokenNumbers } from "neurite/lib/text/number_tokens.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const [id] = tokenizer.encode(" 17");
 * if (tokenNumbers(tokenizer, { skip: 1 })(id!) !== 17) throw new Error("unreachable");
 * ```
 */
export function tokenNumbers(
  tokenizer: Pick<TextTokenizer, "decode">,
  { skip }: { skip: 0 | 1 },
): NumberOfToken {
  const known = new Map<number, number>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const text = tokenizer.decode([id]).slice(skip);
    const number = /^[0-9]+$/.test(text) ? Number(text) : 0;
    known.set(id, number);
    return number;
  };
}
