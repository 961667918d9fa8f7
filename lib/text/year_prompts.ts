/**
 * The greater-than dataset: `The {noun} lasted from the year {XXYY} to the year {XX}`
 * (Hanna et al. 2023, section 2; spec/greater_than sections 1.1 to 1.3), seeded.
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";
import { RandomStream } from "../random.ts";
import { NOUNS } from "./nouns.ts";
import { tokenRows } from "./token_rows.ts";
import { centuryOf, twoDigits, validYears, yearTokenIds } from "./years.ts";

/** Prompts in pairs: the good one, and the bad one whose start year ends in `01`. */
export interface YearPrompts {
  /** i32 `[N, T]`. */
  readonly goodTokens: HostArray<Int32Array>;
  /** i32 `[N, T]`, the same sentences with `01`. */
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[N]`, the last two digits of the start year, 2 to 98. */
  readonly YY: HostArray<Int32Array>;
  /** i32 `[100]`, token ids of `00` to `99`. */
  readonly yearTokenIds: HostArray<Int32Array>;
}

/** How the dataset is drawn. */
export interface YearPromptOptions {
  /** N. @default {490} */
  count?: number | undefined;
  /** YY cycles 02, 03, …, 98 (else years are uniform over the valid ones). @default {true} */
  balanced?: boolean | undefined;
  /** @default {0} */
  seed?: number | undefined;
  /** Years drawn from `[start, end)`. @default {[1000, 1900]} */
  years?: readonly [number, number] | undefined;
  /** Start each prompt with `<|endoftext|>` and a space. @default {true} */
  endOfText?: boolean | undefined;
}

/** The tokens of a prompt that starts with `<|endoftext|>`, as the paper's figures write them. */
export const YEAR_PROMPT_LABELS: readonly string[] = [
  ...["<bos>", "The", "NOUN", "lasted", "from", "the", "year", "XX1", "YY"],
  ...["to", "the", "year", "XX2"],
];

/** The sentence with a start year of `century` and the two digits `start`. */
export function yearSentence(noun: string, century: number, start: string): string {
  return `The ${noun} lasted from the year ${century}${start} to the year ${century}`;
}

function drawYears(
  valid: readonly number[],
  { count, balanced, seed }: { count: number; balanced: boolean; seed: number },
): number[] {
  const stream = new RandomStream(seed, "greater-than/years");
  if (!balanced) {
    return Array.from({ length: count }, (_, i) => valid[stream.integer(i, valid.length)]!);
  }
  const pools = Map.groupBy(valid, (year) => year % 100);
  const cycle = [...pools.keys()].sort((a, b) => a - b);
  return Array.from({ length: count }, (_, i) => {
    const pool = pools.get(cycle[i % cycle.length]!)!;
    return pool[stream.integer(i, pool.length)]!;
  });
}

/**
 * Draws the dataset for a tokenizer. The same seed gives the same prompts.
 *
 * @throws {NeuriteError} E-PROMPTS when the tokenizer has no valid year or prompts of unequal length;
 * E-TOKENIZER when a two-digit number is not one token.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { makeYearPrompts } from "neurite/lib/text/year_prompts.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const prompts = makeYearPrompts(tokenizer, { count: 97, seed: 1 });
 * if (prompts.goodTokens.shape.join() !== "97,13") throw new Error("unreachable");
 * ```
 */
export function makeYearPrompts(
  tokenizer: TextTokenizer,
  options: YearPromptOptions = {},
): YearPrompts {
  const { count = 490, balanced = true, seed = 0, years = [1000, 1900], endOfText = true } =
    options;
  const ids = yearTokenIds(tokenizer);
  // 01 is the bad prompt's own start year, and 99 has no later year.
  const valid = validYears(tokenizer, ...years).filter((year) => {
    const yy = year % 100;
    return yy >= 2 && yy <= 98;
  });
  if (valid.length === 0 || count < 1) {
    throw cannot("E-PROMPTS", {
      do: "draw years from",
      thing: `${years[0]} to ${years[1] - 1}`,
      is: `${valid.length} valid years for ${count} prompts`,
      expected: "at least one year that is two tokens, and at least one prompt",
      hint: "use a wider range of years, or give your own pairs with --prompts",
    });
  }
  const drawn = drawYears(valid, { count, balanced, seed });
  const nouns = new RandomStream(seed, "greater-than/nouns");
  const prefix = endOfText ? "<|endoftext|> " : "";
  const sentences = (digits: (year: number) => string) =>
    drawn.map((year, i) =>
      prefix + yearSentence(NOUNS[nouns.integer(i, NOUNS.length)]!, centuryOf(year), digits(year))
    );
  const good = sentences(twoDigits);
  const rows = (sentences: readonly string[]) =>
    tokenRows(tokenizer, sentences, {
      model: good[0]!,
      what: "prompt",
      hint: "this tokenizer splits some nouns or years; give your own pairs with --prompts",
    });
  return {
    goodTokens: rows(good),
    badTokens: rows(sentences(() => "01")),
    YY: { data: Int32Array.from(drawn, (year) => year % 100), shape: [count] },
    yearTokenIds: { data: ids, shape: [100] },
  };
}

/** How {@linkcode orderedYearPrompts} are made. */
export interface OrderedYearPromptOptions {
  /** @default {17} */
  century?: number | undefined;
  /** @default {0} */
  seed?: number | undefined;
  /** Start each prompt with `<|endoftext|>` and a space. @default {true} */
  endOfText?: boolean | undefined;
}

/**
 * The years 02 to 98 of one century, in order, a prompt each: N = 97 (spec/greater_than sections
 * 1.3, 3.5 and 3.7).
 *
 * @throws {NeuriteError} E-PROMPTS naming the first year that this tokenizer does not allow; what
 * {@linkcode makeYearPrompts} throws.
 */
export function orderedYearPrompts(
  tokenizer: TextTokenizer,
  { century = 17, seed, endOfText }: OrderedYearPromptOptions = {},
): YearPrompts {
  const years = [century * 100, century * 100 + 100] as const;
  const valid = new Set(validYears(tokenizer, ...years));
  const wanted = Array.from({ length: 97 }, (_, row) => years[0] + 2 + row);
  const missing = wanted.find((year) => !valid.has(year));
  if (missing !== undefined) {
    throw cannot("E-PROMPTS", {
      do: "order years with",
      thing: String(missing),
      is: "not two tokens, or the first or last such year of its century",
      expected: `each year from ${wanted[0]} to ${wanted.at(-1)} valid for this tokenizer`,
      hint: "GPT-2's tokenizer has the whole centuries 16 and 17",
    });
  }
  return makeYearPrompts(tokenizer, { count: wanted.length, years, seed, endOfText });
}
