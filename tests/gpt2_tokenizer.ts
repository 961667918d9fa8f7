/**
 * GPT-2's own tokenizer for tests, which have no model of OpenAI's at hand: the r50k ranks that
 * gpt-tokenizer carries.
 *
 * @module
 */
import { decode, encode } from "gpt-tokenizer/encoding/r50k_base";
import type { TextTokenizer } from "../lib/model/tokenizer.ts";

const SPECIAL = { allowedSpecial: new Set(["<|endoftext|>"]) };

/** Token strings are right for ASCII text only: of the byte alphabet they know the space, `Ġ`. */
export const gpt2Tokenizer: TextTokenizer = {
  files: [],
  encode: (text) => Int32Array.from(encode(text, SPECIAL)),
  tokens: (text) => encode(text, SPECIAL).map((id) => decode([id]).replaceAll(" ", "Ġ")),
  decode: (ids) => decode(ids),
  idOf(token) {
    const ids = encode(token.replaceAll("Ġ", " "), SPECIAL);
    return ids.length === 1 ? ids[0] : undefined;
  },
};
