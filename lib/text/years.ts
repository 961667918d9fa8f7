/**
 * Which years a tokenizer can ask about (spec/greater_than section 1.2).
 *
 * @module
 */
import { cannot } from "../errors.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";

/** The century of a year: 17 for 1732. */
export function centuryOf(year: number): number {
  return Math.floor(year / 100);
}

/** The last two digits of a year as written: `"07"`. */
export function twoDigits(year: number): string {
  return String(year % 100).padStart(2, "0");
}

/** Years in `[start, end)` that, after a space, are exactly two tokens, the second of two characters. */
export function twoTokenYears(tokenizer: TextTokenizer, start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i).filter((year) => {
    const tokens = tokenizer.tokens(` ${year}`);
    return tokens.length === 2 && [...tokens[1]!].length === 2;
  });
}

/**
 * The valid years of `[start, end)`: two-token years without the first and last of each century, so
 * that every example has a well-tokenised right and wrong answer.
 */
export function validYears(tokenizer: TextTokenizer, start: number, end: number): number[] {
  const years = twoTokenYears(tokenizer, start, end);
  return years.filter((year, i) =>
    [years[i - 1], years[i + 1]].every((neighbour) =>
      neighbour !== undefined && centuryOf(neighbour) === centuryOf(year)
    )
  );
}

/**
 * Token ids of `00` .. `99` without a space: i32 `[100]`.
 *
 * @throws {NeuriteError} E-TOKENIZER when a two-digit string is not one token.
 */
export function yearTokenIds(tokenizer: TextTokenizer): Int32Array {
  return Int32Array.from({ length: 100 }, (_, year) => {
    const ids = tokenizer.encode(twoDigits(year));
    if (ids.length === 1) return ids[0]!;
    throw cannot("E-TOKENIZER", {
      do: "ask for year",
      thing: twoDigits(year),
      is: `${ids.length} tokens`,
      expected: "one token",
      hint: "greater-than needs a tokenizer with two-digit tokens, as GPT-2's; or give --prompts",
    });
  });
}
