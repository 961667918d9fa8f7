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

/** Token rows of the sentences, all of the length of `model`. */
function encodeRows(
  tokenizer: TextTokenizer,
  sentences: readonly string[],
  model: string,
): HostArray<Int32Array> {
  const rows = sentences.map((sentence) => tokenizer.encode(sentence));
  const T = tokenizer.encode(model).length;
  const odd = rows.findIndex((row) => row.length !== T);
  if (odd >= 0) {
    throw cannot("E-PROMPTS", {
      do: "tokenize prompt",
      thing: sentences[odd]!,
      is: `${rows[odd]!.length} tokens`,
      expected: `${T} tokens, as "${model}"`,
      hint: "this tokenizer splits some nouns or years; give your own pairs with --prompts",
    });
  }
  return { data: Int32Array.from(rows.flatMap((row) => [...row])), shape: [rows.length, T] };
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
  return {
    goodTokens: encodeRows(tokenizer, good, good[0]!),
    badTokens: encodeRows(tokenizer, sentences(() => "01"), good[0]!),
    YY: { data: Int32Array.from(drawn, (year) => year % 100), shape: [count] },
    yearTokenIds: { data: ids, shape: [100] },
  };
}
