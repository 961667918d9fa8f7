/**
 * Rows of token ids as texts, and which characters each id covers.
 *
 * @module
 */

/** How ids are turned to text. */
export interface TokenTexts {
  /** `[V]`, each id decoded alone. */
  readonly strings: readonly string[];
  /** The text of ids together. */
  readonly decode: (ids: Iterable<number>) => string;
  /** BOS and EOS: no part of a text, and an end of one. */
  readonly special: ReadonlySet<number>;
}

/** A run of ids between special ones, and its text. */
export interface RowDocument {
  readonly text: string;
  /** The place in the row of its first id. */
  readonly first: number;
  /** First UTF-16 unit of each id; ascending. */
  readonly starts: Int32Array;
  /** Behind the last unit of each id. An id with a part of a character covers all of it. */
  readonly ends: Int32Array;
  /** Whether it ends within the row, at a special id, and not because the row is full. */
  readonly isWhole: boolean;
}

/** Stands for bytes that are no character, such as the first half of one. */
const BROKEN = "\ufffd";

/** What a few ids cover of their common text. */
interface Covered {
  readonly text: string;
  readonly spans: readonly (readonly [start: number, end: number])[];
}

/**
 * Ids of which each is a part of characters, from `first` on, up to where their text is whole.
 * Where bytes are no characters even so, as where a row starts amid one, each id covers all.
 */
function coverBroken(ids: Int32Array, { strings, decode }: TokenTexts): Covered {
  let count = 1;
  const isBroken = (id: number) => strings[id]!.includes(BROKEN);
  let text = strings[ids[0]!]!;
  while (count < ids.length && text.endsWith(BROKEN) && isBroken(ids[count]!)) {
    text = decode(ids.subarray(0, ++count));
  }
  if (text.includes(BROKEN)) {
    return { text, spans: Array.from({ length: count }, () => [0, text.length] as const) };
  }
  let start = 0;
  const spans = Array.from({ length: count }, (_, i) => {
    const before = decode(ids.subarray(0, i + 1));
    const whole = before.replace(/\ufffd+$/, "").length;
    const isPart = whole < before.length;
    const end = isPart ? whole + String.fromCodePoint(text.codePointAt(whole)!).length : whole;
    const span = [start, end] as const;
    start = whole;
    return span;
  });
  return { text, spans };
}

function documentOf(
  ids: Int32Array,
  texts: TokenTexts,
  place: Pick<RowDocument, "first" | "isWhole">,
): RowDocument {
  const [starts, ends] = [new Int32Array(ids.length), new Int32Array(ids.length)];
  let text = "";
  for (let i = 0; i < ids.length;) {
    const string = texts.strings[ids[i]!]!;
    const { text: added, spans } = string.includes(BROKEN)
      ? coverBroken(ids.subarray(i), texts)
      : { text: string, spans: [[0, string.length] as const] };
    for (const [start, end] of spans) {
      starts[i] = text.length + start;
      ends[i] = text.length + end;
      i++;
    }
    text += added;
  }
  return { text, starts, ends, ...place };
}

/**
 * The documents of a row: it is cut at special ids, which are left out.
 *
 * @example Usage
 * ```ts
 * import { rowDocuments } from "neurite/lib/neuron/sequence/row_documents.ts";
 *
 * const strings = ["<|endoftext|>", "One", " row"];
 * const decode = (ids: Iterable<number>) => Array.from(ids, (id) => strings[id]).join("");
 * const row = Int32Array.of(0, 1, 2);
 * const [one] = rowDocuments(row, { strings, decode, special: new Set([0]) });
 * if (one!.text !== "One row" || one!.starts.join() !== "0,3") throw new Error("unreachable");
 * ```
 */
export function rowDocuments(row: Int32Array, texts: TokenTexts): RowDocument[] {
  const documents: RowDocument[] = [];
  for (let first = 0; first < row.length;) {
    if (texts.special.has(row[first]!)) {
      first++;
      continue;
    }
    let end = first + 1;
    while (end < row.length && !texts.special.has(row[end]!)) end++;
    const place = { first, isWhole: end < row.length };
    documents.push(documentOf(row.subarray(first, end), texts, place));
    first = end;
  }
  return documents;
}
