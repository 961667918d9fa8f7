import type { HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import type { NumberOfToken } from "./number_tokens.ts";
import type { YearPrompts } from "./year_prompts.ts";

/** Year prompts without their last token, the century that is asked for. */
export interface CenturyPrompts {
  /** i32 `[N, T − 1]`. */
  readonly tokens: HostArray<Int32Array>;
  /** i32 `[N]`, the centuries: 17. */
  readonly XX: Int32Array;
}

/**
 * Cuts the century off year prompts of the years 1000 to 1899, so that a model's answer to it can be
 * read at the last position.
 *
 * @param numberOf reads a token that starts a word, as `tokenNumbers` with `skip` 1 does.
 * @throws {NeuriteError} E-PROMPTS when a prompt does not end in one token for its century.
 */
export function cutCentury(
  { goodTokens: { data, shape } }: Pick<YearPrompts, "goodTokens">,
  numberOf: NumberOfToken,
): CenturyPrompts {
  const [N, T] = shape as [number, number];
  const tokens = new Int32Array(N * (T - 1));
  const XX = new Int32Array(N);
  for (let n = 0; n < N; n++) {
    tokens.set(data.subarray(n * T, n * T + T - 1), n * (T - 1));
    const century = numberOf(data[n * T + T - 1]!);
    if (century < 10 || century > 18) {
      throw cannot("E-PROMPTS", {
        do: "cut the century off",
        thing: `prompt ${n}`,
        is: century === 0 ? "a last token that is no number" : `a last token for ${century}`,
        expected: "one token from 10 to 18 with the space before it",
        hint: "use a model whose tokenizer has such tokens, as GPT-2's does",
      });
    }
    XX[n] = century;
  }
  return { tokens: { data: tokens, shape: [N, T - 1] }, XX };
}
