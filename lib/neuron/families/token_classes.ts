/**
 * Classes of positions by their tokens, one number a position (spec/universal_neurons.md section 2).
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";
import { isAlpha, strip } from "../vocabulary/python_text.ts";

/** The classes of an alphabet neuron, in order. */
export const ALPHABET_CLASSES = ["letter token", "begins with letter", "other"] as const;

/** The classes of a unigram neuron, in order. */
export const UNIGRAM_CLASSES = ["word", "beginning", "middle", "other"] as const;

/** The classes of a yes-or-no feature, in order. */
export const FEATURE_CLASSES = ["feature holds", "others"] as const;

/** 0 where the token is the letter alone, 1 where it begins with it, else 2; either case, outer space aside. */
export function alphabetClasses(
  strings: readonly string[],
  { data }: Tokens,
  letter: string,
): Uint8Array {
  const classes = Uint8Array.from(strings, (string) => {
    const low = strip(string.toLowerCase());
    if (low === letter) return 0;
    return low.startsWith(letter) ? 1 : 2;
  });
  return Uint8Array.from(data, (id) => classes[id] ?? 2);
}

/**
 * Of a unigram's tokens 0 as a word; 1 as a word's beginning: the next token of the row is letters
 * without a space before them; 2 as its middle: the token itself has no space before it, whatever
 * follows. 3 for other tokens. A row's last token has none after it here; the release looks into the
 * next row.
 *
 * @param holds `[V]`, 1 for the unigram's tokens.
 */
export function unigramClasses(
  strings: readonly string[],
  { data, shape }: Tokens,
  holds: Uint8Array,
): Uint8Array {
  const T = shape[1]!;
  const goesOn = Uint8Array.from(
    strings,
    (string) => Number(string !== "" && !string.startsWith(" ") && isAlpha(string)),
  );
  const hasSpace = Uint8Array.from(strings, (string) => Number(string.startsWith(" ")));
  return Uint8Array.from(data, (id, i) => {
    if (holds[id] !== 1) return 3;
    if (hasSpace[id] !== 1) return 2;
    return i % T < T - 1 && goesOn[data[i + 1]!] === 1 ? 1 : 0;
  });
}

/** 0 where a feature holds of the token, else 1. */
export function featureClasses({ data }: Tokens, holds: Uint8Array): Uint8Array {
  return Uint8Array.from(data, (id) => holds[id] === 1 ? 0 : 1);
}

/** 0 where a feature holds of the token before in the row, else 1; the first of a row has none. */
export function previousClasses({ data, shape }: Tokens, holds: Uint8Array): Uint8Array {
  const T = shape[1]!;
  return Uint8Array.from(data, (_, i) => i % T > 0 && holds[data[i - 1]!] === 1 ? 0 : 1);
}
