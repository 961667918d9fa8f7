/**
 * Which of the most probable tokens are numbers that fit, before the century and before the year of
 * `… lasted from the year XXYY to the year` (spec/greater_than section 3.13).
 *
 * @module
 */
import {
  massByRank,
  type RankedTokens,
  tokenCount,
  type TokenFilter,
  tokenMass,
} from "./number_mass.ts";

/** The most probable tokens at both places. */
export interface RankedPlaces {
  /** After `to the year`. */
  readonly century: RankedTokens;
  /** After the century. */
  readonly year: RankedTokens;
}

/** What fits in each prompt, and how tokens are read as numbers. */
export interface FittingQuestion {
  /** i32 `[N]`, the centuries: 17. */
  readonly XX: Int32Array;
  /** i32 `[N]`, the last two digits of the start years. */
  readonly YY: Int32Array;
  /** The number of a token that starts a word; 0 for none. */
  readonly afterSpace: (id: number) => number;
  /** The number of a token of digits alone; 0 for none. */
  readonly digits: (id: number) => number;
}

/** Series of a figure by rank: name and f64 `[K]`, mean mass of the tokens up to each rank. */
export type MassSeries = Readonly<Record<string, Float64Array>>;

/**
 * Measures f64 `[N]` by name, and the same masses by rank. `century_` is of the tokens before the
 * century: mass of numbers ≥ XX, of XX itself, of all that were ranked. `year_` is of those after it:
 * mass and count of numbers ≥ YY, as the original has it although YY itself is no later year, and of
 * numbers > YY.
 */
export function fittingNumbers(
  { century, year }: RankedPlaces,
  { XX, YY, afterSpace, digits }: FittingQuestion,
) {
  const isLateCentury: TokenFilter = (id, row) => afterSpace(id) >= XX[row]!;
  const isSameCentury: TokenFilter = (id, row) => afterSpace(id) === XX[row];
  const isLateYear: TokenFilter = (id, row) => digits(id) >= YY[row]!;
  const isLaterYear: TokenFilter = (id, row) => digits(id) > YY[row]!;
  const measures = {
    "century_at_least": tokenMass(century, isLateCentury),
    "century_equal": tokenMass(century, isSameCentury),
    "century_top": tokenMass(century),
    "year_at_least": tokenMass(year, isLateYear),
    "year_above": tokenMass(year, isLaterYear),
    "year_top": tokenMass(year),
    "year_count_at_least": tokenCount(year, isLateYear),
    "year_count_above": tokenCount(year, isLaterYear),
  };
  const byRank: Record<"century" | "year", MassSeries> = {
    century: {
      "all tokens": massByRank(century),
      "numbers ≥ XX": massByRank(century, isLateCentury),
      "XX alone": massByRank(century, isSameCentury),
    },
    year: {
      "all tokens": massByRank(year),
      "numbers ≥ YY": massByRank(year, isLateYear),
      "numbers > YY": massByRank(year, isLaterYear),
    },
  };
  return { measures, byRank };
}
