/**
 * The rule features of single tokens: 207 yes-or-no questions about a token's text and one number,
 * of Gurnee et al. 2024 (spec/universal_neurons.md section 1.10), under the release's names,
 * misspelled ones among them, and with its quirks.
 *
 * @module
 */
import {
  characterCount,
  decimalValue,
  firstCharacter,
  hasDigit,
  hasSymbol,
  isAllDigits,
  isAlpha,
  isDecimal,
  isLower,
  isUpper,
  strip,
} from "./python_text.ts";
import {
  CONTRASTIVE_CONJUNCTIONS,
  DAYS,
  LENGTH_PARTS,
  MONTHS,
  NUMBER_WORDS,
  PREFIXES,
  PRONOUNS,
  STATE_CODES,
  STATES,
  SUFFIXES,
  TIME_PARTS,
  WEBSITE_SUFFIXES,
  type Words,
} from "./word_lists.ts";

/** A token's text in the forms that rules ask about. */
export interface TokenText {
  /** As it was decoded. */
  readonly whole: string;
  /** Without outer space. */
  readonly bare: string;
  /** `bare` in lower case. */
  readonly low: string;
}

/** Which part of the vocabulary features a feature belongs to. */
export type RuleFamily =
  | "type"
  | "symbol"
  | "numeric"
  | "pronoun"
  | "start"
  | "suffix"
  | "prefix"
  | "word_group";

/** One yes-or-no question about a token. */
export interface Rule {
  /** The release's name of the column. */
  readonly name: string;
  readonly family: RuleFamily;
  holds(text: TokenText): boolean;
}

type Test = Rule["holds"];

/** The forms of a decoded token. */
export function tokenText(whole: string): TokenText {
  const bare = strip(whole);
  return { whole, bare, low: bare.toLowerCase() };
}

const TYPE: Readonly<Record<string, Test>> = {
  "all_white_space": ({ bare }) => bare === "",
  "all_caps": ({ bare }) => isUpper(bare) && characterCount(bare) > 1,
  "all_lower": ({ bare }) => isLower(bare),
  "all_alpha": ({ bare }) => isAlpha(bare),
  "all_numeric": ({ bare }) => isDecimal(bare),
  // One symbol is enough, whatever the name says.
  "all_symbolic": ({ bare }) => hasSymbol(bare),
};

/** The texts of which a token must contain one. */
const SYMBOLS: Readonly<Record<string, readonly string[]>> = {
  period: ["."],
  comma: [","],
  exclamation: ["!"],
  question: ["?"],
  semicolon: [";"],
  colon: [":"],
  dash: ["-"],
  slash: ["/"],
  backslash: ["\\"],
  underscore: ["_"],
  carrot: ["^"],
  apostrophe: ["'"],
  quotation: ['"'],
  "close_paren": [")"],
  "open_paren": ["("],
  "close_bracket": ["]"],
  "open_bracket": ["["],
  "close_brace": ["}"],
  "open_brace": ["{"],
  "closing_punc": [")", "]", "}", ">"],
  "opening_punc": ["(", "[", "{", "<"],
  "math_symbol": ["+", "-", "*", "/", "=", "<", ">"],
  currency: ["$", "€", "£", "¥"],
  dollar: ["$"],
  "double_dollar": ["$$"],
};

const hasDigits = (count: number): Test => ({ bare }) =>
  isDecimal(bare) && characterCount(bare) === count;

const NUMERIC: Readonly<Record<string, Test>> = {
  "contains_digit": ({ whole }) => hasDigit(whole),
  // True of nothing but space, as Python's all() is of an empty list.
  "all_digits": ({ bare }) => isAllDigits(bare),
  "is_number_word": ({ bare }) => NUMBER_WORDS.has(bare),
  "is_year": (text) => integralValue(text) > 1490 && integralValue(text) < 2200,
  "is_one_digit": hasDigits(1),
  "is_two_digit": hasDigits(2),
  "is_three_digit": hasDigits(3),
  "is_four_digit": hasDigits(4),
  "is_lt_31": (text) => integralValue(text) <= 31,
};

const startsWithVowel: Test = ({ low }) => /^[aeiou]/.test(low);

const START: Readonly<Record<string, Test>> = {
  "starts_w_vowel": startsWithVowel,
  "starts_w_consonant": (text) => isAlpha(text.low) && !startsWithVowel(text),
  "start_w_no_space": ({ whole }) => whole !== "" && !whole.startsWith(" "),
  "start_w_no_space_and_letter": ({ whole }) => isAlpha(firstCharacter(whole)),
  "start_w_no_space_and_digit": ({ whole }) => hasDigit(firstCharacter(whole)),
  // All of it must be decimals, not the first alone.
  "starts_w_digit": ({ bare }) => isDecimal(bare),
  "starts_w_space": ({ whole, bare }) => bare !== "" && whole.startsWith(" "),
  "start_w_space_and_letter": ({ whole }) =>
    whole.startsWith(" ") && isAlpha(firstCharacter(whole.slice(1))),
  "starts_w_cap": ({ bare }) => isUpper(firstCharacter(bare)),
  "starts_w_no_space_and_cap": ({ whole }) => isUpper(firstCharacter(whole)),
  "starts_w_no_space_and_lower": ({ whole }) => isLower(firstCharacter(whole)),
};

const isOneOf = (list: Words): Test => ({ low }) => list.has(low);
const hasPart = (list: Words): Test => ({ low }) => [...list].some((part) => low.includes(part));

const WORD_GROUP: Readonly<Record<string, Test>> = {
  "is_month": isOneOf(MONTHS),
  "is_day_of_week": isOneOf(DAYS),
  "is_state": isOneOf(STATES),
  "is_state_abv": ({ bare }) => STATE_CODES.has(bare),
  "is_website_suffix": ({ whole }) => WEBSITE_SUFFIXES.has(whole),
  "is_length": hasPart(LENGTH_PARTS),
  "is_time": hasPart(TIME_PARTS),
  "is_contrastive_conjuction": isOneOf(CONTRASTIVE_CONJUNCTIONS),
};

function rulesOf(family: RuleFamily, tests: Readonly<Record<string, Test>>): Rule[] {
  return Object.entries(tests).map(([name, holds]) => ({ name, family, holds }));
}

function named<T>(
  values: Iterable<readonly [string, T]>,
  make: (key: string, value: T) => [name: string, test: Test],
): Record<string, Test> {
  return Object.fromEntries(Array.from(values, ([key, value]) => make(key, value)));
}

/** The 207 yes-or-no columns, in the release's order. */
export const RULES: readonly Rule[] = [
  ...rulesOf("type", TYPE),
  ...rulesOf(
    "symbol",
    named(Object.entries(SYMBOLS), (name, parts) => [
      `contains_${name}`,
      ({ whole }) => parts.some((part) => whole.includes(part)),
    ]),
  ),
  ...rulesOf("numeric", NUMERIC),
  ...rulesOf(
    "pronoun",
    named(Object.entries(PRONOUNS), (name, list) => [`is_${name}_pronoun`, isOneOf(list)]),
  ),
  ...rulesOf("start", START),
  ...rulesOf(
    "suffix",
    named(SUFFIXES.entries(), (end) => [`end_w_${end}`, ({ low }) => low.endsWith(end)]),
  ),
  ...rulesOf(
    "prefix",
    named(PREFIXES.entries(), (start) => [`start_w_${start}`, ({ low }) => low.startsWith(start)]),
  ),
  ...rulesOf("word_group", WORD_GROUP),
];

/** `integral_value`, the one column that is a number: the value of a token of decimals, else NaN. */
export function integralValue({ bare }: TokenText): number {
  return isDecimal(bare) ? decimalValue(bare) : NaN;
}
