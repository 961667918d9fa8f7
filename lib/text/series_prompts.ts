/**
 * Five years of one century and the start of a sixth: `Y1, Y2, Y3, Y4, Y5, XX`
 * (spec/greater_than section 3.12).
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";
import { RandomStream } from "../random.ts";
import { tokenRows } from "./token_rows.ts";
import { drawYearSeries, type YearSeries } from "./year_series.ts";
import { centuryOf, validYears, yearTokenIds } from "./years.ts";

/** Years before the one that is asked for. */
const LENGTH = 5;

/** Series as prompts, without `<|endoftext|>`. */
export interface SeriesPrompts {
  /** The prompts as text. */
  readonly texts: readonly string[];
  /** i32 `[N, T]`. */
  readonly tokens: HostArray<Int32Array>;
  /** i32 `[N, 5]`, four-digit years. */
  readonly years: HostArray<Int32Array>;
  /** i32 `[N]`, the last two digits of Y5, below 99. */
  readonly YY: HostArray<Int32Array>;
  /** i32 `[100]`, token ids of `00` to `99`. */
  readonly yearTokenIds: HostArray<Int32Array>;
  /** Rows whose first year was drawn again, because it is one token without a space. */
  readonly redrawn: number;
  /** Rows whose Y5 + 1 is not two tokens in text, so that its second half stands for it here only. */
  readonly oddNext: number;
}

/** How many, and from which draw. */
export interface SeriesPromptOptions {
  /** N. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Draws first years again until each is two tokens at the start of a text too; GPT-2 has `1027` as
 * one token there, which would make that row shorter than the others.
 */
function redrawFirst(
  tokenizer: TextTokenizer,
  { valid, series, seed }: { valid: readonly number[]; series: YearSeries; seed: number },
): { years: Int32Array; redrawn: number } {
  const first = valid.filter((year) => tokenizer.encode(String(year)).length === 2);
  const allowed = new Set(first);
  const pools = Map.groupBy(first, centuryOf);
  const stream = new RandomStream(seed, "greater-than/series-first-years");
  const years = series.years.slice();
  let redrawn = 0;
  series.centuries.forEach((century, row) => {
    if (allowed.has(years[row * LENGTH]!)) return;
    const pool = pools.get(century);
    if (!pool) {
      throw cannot("E-PROMPTS", {
        do: "start a series in",
        thing: `century ${century}`,
        is: "no valid year that is two tokens without a space",
        expected: "at least one",
        hint: "use a model whose tokenizer splits years into two tokens, as GPT-2's does",
      });
    }
    years[row * LENGTH] = pool[stream.integer(row, pool.length)]!;
    redrawn++;
  });
  return { years, redrawn };
}

/**
 * Draws series of the valid years of 1000 to 1899. The same seed gives the same prompts. Y5 is
 * never a year 99, because valid years leave out the last of each century.
 *
 * @throws {NeuriteError} E-PROMPTS when the tokenizer has no valid year or rows of unequal length;
 * E-TOKENIZER when a two-digit number is not one token.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { drawSeries } from "neurite/lib/text/series_prompts.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const { tokens, texts } = drawSeries(tokenizer, { count: 10, seed: 1 });
 * if (tokens.shape.join() !== "10,16" || !/^(\d{4}, ){5}\d\d$/.test(texts[0]!)) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export function drawSeries(
  tokenizer: TextTokenizer,
  { count, seed }: SeriesPromptOptions,
): SeriesPrompts {
  const ids = yearTokenIds(tokenizer);
  const valid = validYears(tokenizer, 1000, 1900);
  const series = drawYearSeries(valid, { count, seed, length: LENGTH });
  const { years, redrawn } = redrawFirst(tokenizer, { valid, series, seed });
  const rows = Array.from(series.centuries, (century, row) => ({
    century,
    years: [...years.subarray(row * LENGTH, (row + 1) * LENGTH)],
  }));
  const texts = rows.map(({ century, years }) => [...years, century].join(", "));
  const last = rows.map(({ years }) => years[LENGTH - 1]!);
  const isTwoTokens = (year: number) => tokenizer.encode(` ${year}`).length === 2;
  return {
    texts,
    tokens: tokenRows(tokenizer, texts, {
      model: texts[0]!,
      what: "series",
      hint: "use a model whose tokenizer splits years into two tokens, as GPT-2's does",
    }),
    years: { data: years, shape: [count, LENGTH] },
    YY: { data: Int32Array.from(last, (year) => year % 100), shape: [count] },
    yearTokenIds: { data: ids, shape: [100] },
    redrawn,
    oddNext: last.filter((year) => !isTwoTokens(year + 1)).length,
  };
}

/** Series under the names of arrays.safetensors. */
export function seriesArrays(
  { tokens, years, YY, yearTokenIds }: SeriesPrompts,
): Record<string, HostArray<Int32Array>> {
  return { tokens, years, YY, "year_token_ids": yearTokenIds };
}
