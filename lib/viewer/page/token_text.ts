/**
 * Tokens as text that can be seen: white space, controls and marks that turn the direction of
 * writing become visible signs, halves of a surrogate pair their number.
 *
 * @module
 */

/** A run of a token's text; `sign` where it stands for something that cannot be seen. */
export interface TokenPiece {
  readonly text: string;
  readonly sign: boolean;
}

/** Longest token shown whole, in UTF-16 units: in a line of text, and in a cell of a table. */
export const LONGEST = 32;
/** As {@linkcode LONGEST}. */
export const LONGEST_IN_CELL = 14;

const SIGNS: Readonly<Record<string, string>> = {
  " ": "\u00b7",
  "\n": "\u21b5",
  "\t": "\u2192",
};

// Controls; format characters that have no shape or turn the direction of writing; lone surrogates.
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]|[\ud800-\udfff]/gu;

function signOf(character: string): string {
  const known = SIGNS[character];
  if (known !== undefined) return known;
  // By number: the pictures that Unicode has for controls are in few fonts.
  const code = character.codePointAt(0)!;
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

/** A token's text in runs of what is seen and signs for what is not. */
export function tokenPieces(text: string): TokenPiece[] {
  const pieces: TokenPiece[] = [];
  const add = (part: string, sign: boolean) => {
    const last = pieces.at(-1);
    if (part === "") return;
    if (last?.sign === sign) pieces[pieces.length - 1] = { text: last.text + part, sign };
    else pieces.push({ text: part, sign });
  };
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    add(text.slice(from, match.index), false);
    add(signOf(match[0]), true);
    from = match.index + match[0].length;
  }
  add(text.slice(from), false);
  return pieces.length > 0 ? pieces : [{ text: "\u2205", sign: true }];
}

/** A token's text on one line, cut to {@linkcode LONGEST} with the count of what is left out. */
export function shownToken(text: string): string {
  const { head, rest } = cutToken(text);
  const shown = tokenPieces(head).map((piece) => piece.text).join("");
  return rest > 0 ? `${shown}\u2026+${rest.toLocaleString("en")}` : shown;
}

/** The first part of a text and how many UTF-16 units are left out; a pair is never cut in two. */
export function cutToken(text: string, longest = LONGEST): { head: string; rest: number } {
  if (text.length <= longest) return { head: text, rest: 0 };
  const last = text.charCodeAt(longest - 1);
  const end = last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest;
  return { head: text.slice(0, end), rest: text.length - end };
}
