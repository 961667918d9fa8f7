/**
 * Years of one century in random order, the rows of the series prompts `Y1, Y2, Y3, Y4, Y5, XX`
 * (spec/greater_than sections 3.6, row 9, and 3.12).
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { RandomStream } from "../random.ts";
import { centuryOf } from "./years.ts";

/** N series, each of one century. */
export interface YearSeries {
  /** i32 `[N]`: 17 for the years 1700 to 1799. */
  readonly centuries: Int32Array;
  /** i32 `[N, length]`, row-major: four-digit years. */
  readonly years: Int32Array;
}

/** How series are drawn. */
export interface YearSeriesOptions {
  /** N. */
  readonly count: number;
  readonly seed: number;
  /** Years a series. @default {5} */
  readonly length?: number;
}

/**
 * Draws series of years: a century by the century of a uniform valid year, then years of that
 * century, uniform, with replacement. The same seed gives the same series, and a longer draw
 * starts with the shorter one.
 *
 * @param valid years to draw from, as `validYears` gives them.
 * @throws {NeuriteError} E-PROMPTS when there is no valid year.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { drawYearSeries } from "neurite/lib/text/year_series.ts";
 * import { validYears } from "neurite/lib/text/years.ts";
 *
 * const valid = validYears(await openTokenizer("cache/models/tiny-gpt2-a"), 1000, 1900);
 * const { centuries, years } = drawYearSeries(valid, { count: 200, seed: 1 });
 * if (years.length !== 1000 || Math.floor(years[0]! / 100) !== centuries[0]) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export function drawYearSeries(
  valid: readonly number[],
  { count, seed, length = 5 }: YearSeriesOptions,
): YearSeries {
  if (valid.length === 0) {
    throw cannot("E-PROMPTS", {
      do: "draw series from",
      thing: "valid years",
      is: "no year",
      expected: "at least one",
      hint: "use a model whose tokenizer splits years into two tokens, as GPT-2's does",
    });
  }
  const centuryStream = new RandomStream(seed, "greater-than/series-centuries");
  const yearStream = new RandomStream(seed, "greater-than/series-years");
  const pools = Map.groupBy(valid, centuryOf);
  const centuries = Int32Array.from(
    { length: count },
    (_, row) => centuryOf(valid[centuryStream.integer(row, valid.length)]!),
  );
  const years = Int32Array.from({ length: count * length }, (_, i) => {
    const pool = pools.get(centuries[Math.floor(i / length)]!)!;
    return pool[yearStream.integer(i, pool.length)]!;
  });
  return { centuries, years };
}
