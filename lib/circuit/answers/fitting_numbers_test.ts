import assert from "node:assert/strict";
import { fittingNumbers } from "./fitting_numbers.ts";
import type { RankedTokens } from "./number_mass.ts";

/** Tokens are their own numbers; 900 and above are words. */
const numberOf = (id: number) => id >= 900 ? 0 : id;

function ranked(ids: number[][], probabilities: number[][]): RankedTokens {
  const shape = [ids.length, ids[0]!.length];
  return {
    ids: { data: Int32Array.from(ids.flat()), shape },
    probabilities: { data: Float64Array.from(probabilities.flat()), shape },
  };
}

const CENTURY = ranked([[17, 18, 901], [16, 900, 12]], [[0.5, 0.25, 0.125], [0.5, 0.25, 0.125]]);
const YEAR = ranked([[41, 42, 40], [99, 7, 903]], [[0.5, 0.25, 0.125], [0.5, 0.25, 0.125]]);
const QUESTION = {
  XX: Int32Array.of(17, 12),
  YY: Int32Array.of(41, 7),
  afterSpace: numberOf,
  digits: numberOf,
};

Deno.test("fittingNumbers() counts the start year as late enough, and as not later", () => {
  const { measures } = fittingNumbers({ century: CENTURY, year: YEAR }, QUESTION);
  assert.deepEqual(measures, {
    "century_at_least": Float64Array.of(0.75, 0.625),
    "century_equal": Float64Array.of(0.5, 0.125),
    "century_top": Float64Array.of(0.875, 0.875),
    "year_at_least": Float64Array.of(0.75, 0.75),
    "year_above": Float64Array.of(0.25, 0.5),
    "year_top": Float64Array.of(0.875, 0.875),
    "year_count_at_least": Float64Array.of(2, 2),
    "year_count_above": Float64Array.of(1, 1),
  });
});

Deno.test("fittingNumbers() by rank ends at the mean of its measure", () => {
  const { byRank, measures } = fittingNumbers({ century: CENTURY, year: YEAR }, QUESTION);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;
  const ends = (place: "century" | "year") => Object.values(byRank[place]).map((y) => y.at(-1)!);
  assert.deepEqual(ends("century"), [
    mean(measures.century_top),
    mean(measures.century_at_least),
    mean(measures.century_equal),
  ]);
  assert.deepEqual(ends("year"), [
    mean(measures.year_top),
    mean(measures.year_at_least),
    mean(measures.year_above),
  ]);
});
