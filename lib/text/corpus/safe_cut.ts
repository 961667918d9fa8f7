/**
 * Where a text may be cut so that its pieces have the tokens of the whole.
 *
 * The rule: **before a space or newline that follows a letter, a digit or punctuation.** GPT-2's
 * pre-tokenizer has no look-behind, none of its words reaches over such a place, and its one
 * look-ahead (`\s+(?!\S)`) starts at white space, all of which lies behind the cut. Canonical
 * composition (NFC) never joins anything to white space. So with a byte-level BPE pre-tokenizer of
 * that kind and added tokens that do not hold such a place, encoding the pieces one by one gives
 * exactly the tokens of the whole.
 *
 * @module
 */
import type { TextTokenizer } from "../../model/tokenizer.ts";
import { readSmallFile } from "../../store/format/range_file.ts";

const MAX_TOKENIZER_BYTES = 64 << 20; // as openTokenizer

const BEFORE = /[\p{L}\p{N}\p{P}]/u;

/** Whether a text may be cut before index `at`. */
export function isSafeCut(text: string, at: number): boolean {
  const next = text.charCodeAt(at);
  return (next === 0x20 || next === 0x0a) && at > 0 && BEFORE.test(text[at - 1]!);
}

/** The last place from `from + 1` to `to` at which a text may be cut, or −1. */
export function lastSafeCut(text: string, from: number, to: number): number {
  for (let at = Math.min(to, text.length - 1); at > from; at--) if (isSafeCut(text, at)) return at;
  return -1;
}

/** The first place from `from` on at which a text may be cut, or −1. */
export function firstSafeCut(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (isSafeCut(text, at)) return at;
  return -1;
}

interface Part {
  readonly type?: unknown;
  readonly normalizers?: unknown;
  readonly pretokenizers?: unknown;
  readonly [name: string]: unknown;
}

function isByteLevel(part: Part | null | undefined): boolean {
  return part?.type === "ByteLevel" && part.add_prefix_space === false && part.use_regex !== false;
}

/** Splits off digits, perhaps with the space before them, so never across a cut. */
function isDigitSplit(part: Part | null | undefined): boolean {
  if (part?.type === "Digits") return true;
  const { Regex: regex } = (part?.pattern ?? {}) as { Regex?: unknown };
  return part?.type === "Split" && part.behavior === "Isolated" && part.invert === false &&
    typeof regex === "string" && /^( \?)?\\d(\+|\{1,\d\})?$/.test(regex);
}

function isSafePreTokenizer(part: Part | null | undefined): boolean {
  if (part?.type !== "Sequence" || !Array.isArray(part.pretokenizers)) return isByteLevel(part);
  const parts = part.pretokenizers as Part[];
  return isByteLevel(parts.at(-1)) && parts.slice(0, -1).every(isDigitSplit);
}

function isSafeNormalizer(part: Part | null | undefined): boolean {
  if (part === null || part === undefined || part.type === "NFC") return true;
  return part.type === "Sequence" && Array.isArray(part.normalizers) &&
    (part.normalizers as Part[]).every(isSafeNormalizer);
}

function isSafeToken(token: Part): boolean {
  return typeof token.content === "string" && token.rstrip !== true && token.single_word !== true &&
    firstSafeCut(token.content, 0) < 0;
}

/** Whether the rule holds for the tokenizer that a parsed tokenizer.json defines. */
export function mayCut(definition: unknown): boolean {
  const { normalizer, pre_tokenizer: pre, added_tokens: added } = (definition ?? {}) as {
    normalizer?: Part | null;
    "pre_tokenizer"?: Part | null;
    "added_tokens"?: unknown;
  };
  return isSafeNormalizer(normalizer) && isSafePreTokenizer(pre) &&
    Array.isArray(added) && (added as Part[]).every(isSafeToken);
}

/** Whether the rule holds for an open tokenizer, by the file it was read from. */
export async function tokenizerMayCut(tokenizer: TextTokenizer): Promise<boolean> {
  const path = tokenizer.files.find((file) => file.endsWith("tokenizer.json"));
  // vocab.json with merges.txt means GPT-2's own pre-tokenizer.
  if (path === undefined) return true;
  return mayCut(
    JSON.parse(new TextDecoder().decode(await readSmallFile(path, MAX_TOKENIZER_BYTES))),
  );
}
