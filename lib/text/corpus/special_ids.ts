import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { TextTokenizer } from "../../model/tokenizer.ts";

/** The ids that token rows need beside those of text. */
export interface SpecialIds {
  /** Before each row. */
  readonly bos: number;
  /** Between documents; in these models also the padding. */
  readonly eos: number;
}

/**
 * BOS and EOS of a model, checked against its tokenizer.
 *
 * @throws {NeuriteError} E-TOKENIZER when the configuration names none, or the tokenizer does not
 * know it as one token: then it is another model's.
 */
export function specialIds(
  { bosTokenId, eosTokenId }: Pick<ModelConfig, "bosTokenId" | "eosTokenId">,
  tokenizer: TextTokenizer,
): SpecialIds {
  const eos = eosTokenId ?? bosTokenId;
  const text = eos === null ? "" : tokenizer.decode([eos]);
  const again = text === "" ? [] : tokenizer.encode(text);
  if (eos !== null && again.length === 1 && again[0] === eos) {
    return { bos: bosTokenId ?? eos, eos };
  }
  throw cannot("E-TOKENIZER", {
    do: "separate documents with",
    thing: tokenizer.files[0] ?? "tokenizer",
    is: eos === null
      ? "no token for it in config.json"
      : `id ${eos} of config.json ${JSON.stringify(text.slice(0, 40))}, ${again.length} tokens`,
    expected: "the special token that ends a text, such as <|endoftext|>",
    hint: "give the model its own tokenizer.json",
  });
}
