/**
 * Python's string predicates, which the release's vocabulary features are defined by and which
 * JavaScript lacks or has with other edges. They follow CPython's `str` methods on code points; of
 * characters that came with a Unicode version newer than the running Python's they may differ.
 *
 * @module
 */

/**
 * What `str.strip()` removes. `String.trim` also removes U+FEFF, and not the separators U+001C to
 * U+001F and the line break U+0085.
 */
const SPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");

const DECIMALS = /^\p{Nd}+$/u;
const LETTERS = /^\p{L}+$/u;
const NEITHER_LETTER_NOR_NUMBER = /[^\p{L}\p{N}]/u;

/**
 * Characters that are digits but no decimals (Numeric_Type=Digit): superscripts, circled digits and
 * the like. No property of JavaScript's regular expressions has them.
 */
const ODD_DIGITS =
  "\\u00b2\\u00b3\\u00b9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089" +
  "\\u2460-\\u2468\\u2474-\\u247c\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e" +
  "\\u2780-\\u2788\\u278a-\\u2792\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}" +
  "\\u{11052}-\\u{1105a}\\u{1f100}-\\u{1f10a}";
const ANY_DIGIT = new RegExp(`[\\p{Nd}${ODD_DIGITS}]`, "u");
const ONLY_DIGITS = new RegExp(`^[\\p{Nd}${ODD_DIGITS}]*$`, "u");

/** `text.strip()`. */
export function strip(text: string): string {
  return text.replace(OUTER_SPACE, "");
}

/** `text.isdecimal()`: at least one character, all of them decimals. */
export function isDecimal(text: string): boolean {
  return DECIMALS.test(text);
}

/** `text.isalpha()`: at least one character, all of them letters. */
export function isAlpha(text: string): boolean {
  return LETTERS.test(text);
}

/** `any(c.isdigit() for c in text)`. */
export function hasDigit(text: string): boolean {
  return ANY_DIGIT.test(text);
}

/** `all(c.isdigit() for c in text)`, true of the empty text. */
export function isAllDigits(text: string): boolean {
  return ONLY_DIGITS.test(text);
}

/** `any(not c.isalnum() for c in text)`. */
export function hasSymbol(text: string): boolean {
  return NEITHER_LETTER_NOR_NUMBER.test(text);
}

/** `text.isupper()`: some character has a case, and all that have one are upper-case. */
export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

/** `text.islower()`. */
export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

/** `text[0]`, a whole code point; empty of the empty text. */
export function firstCharacter(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** `len(text)`, in code points. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Value of a decimal of any script: they stand in runs of ten, from 0. */
function digitValue(character: string): number {
  const code = character.codePointAt(0)!;
  let zero = code;
  while (isDecimal(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}

/** `int(text)` of a text that {@linkcode isDecimal} is true of; beyond 2⁵³ it is rounded. */
export function decimalValue(text: string): number {
  return Array.from(text, digitValue).reduce((value, digit) => 10 * value + digit, 0);
}
