import { cannot } from "../../errors.ts";
import type { TextTokenizer } from "../../model/tokenizer.ts";

/**
 * For each row the row whose sentence it holds: its own, or the next one's where its year is one
 * token after a space, as GPT-2's ` 702` is. The original replaces those sentences so, year and noun,
 * and keeps the label (spec/greater_than section 3.6, row 7).
 *
 * @throws {NeuriteError} E-PROMPTS when no later year is split.
 */
export function rowSources(tokenizer: TextTokenizer, years: readonly string[]): number[] {
  const whole = years.map((year) => tokenizer.encode(` ${year}`).length === 1);
  return years.map((year, row) => {
    const source = whole.indexOf(false, row);
    if (source >= 0) return source;
    throw cannot("E-PROMPTS", {
      do: "replace year",
      thing: year,
      is: "one token, and so is every later year",
      expected: "a later year of two tokens",
      hint: "this tokenizer keeps these years whole; leave the task out",
    });
  });
}
