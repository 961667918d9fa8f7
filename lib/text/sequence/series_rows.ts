import type { TextTokenizer } from "../../model/tokenizer.ts";
import type { YearSeries } from "../year_series.ts";
import { centuryOf, validYears } from "../years.ts";
import { ROWS, type SequenceRows } from "./sequence_rows.ts";

/** Years of a series, the last of which is asked about. */
const LENGTH = 5;

/**
 * The years that series are drawn from: the valid ones that are two tokens without a space too, as
 * the first year of a series stands. GPT-2 does not split `1027` there, which made the original's
 * prompts ragged. YY from 02 to 98, so that a last year is not the bad prompt's.
 */
export function seriesYears(tokenizer: TextTokenizer): number[] {
  return validYears(tokenizer, 1000, 1900).filter((year) =>
    year % 100 >= 2 && year % 100 <= 98 && tokenizer.encode(String(year)).length === 2
  );
}

/**
 * Writes `Y1, Y2, Y3, Y4, Y5, XX`; the bad prompt's last year is XX01.
 *
 * @throws {RangeError} when there are not 97 series of five years.
 */
export function seriesRows({ centuries, years }: YearSeries): SequenceRows {
  if (centuries.length !== ROWS || years.length !== ROWS * LENGTH) {
    throw new RangeError(
      `Cannot write prompts of "task 9": ${centuries.length} centuries with ` +
        `${years.length} years, expected ${ROWS} with ${ROWS * LENGTH}`,
    );
  }
  const rows = Array.from(centuries, (century, row) => {
    const series = years.subarray(row * LENGTH, (row + 1) * LENGTH);
    return { century, first: [...series.subarray(0, -1)], last: series[LENGTH - 1]! };
  });
  const YY = rows.map(({ last }) => last % 100);
  return {
    good: rows.map(({ century, first, last }) => [...first, last, century].join(", ")),
    bad: rows.map(({ century, first, last }) =>
      [...first, `${centuryOf(last)}01`, century].join(", ")
    ),
    YY,
    written: YY,
  };
}
