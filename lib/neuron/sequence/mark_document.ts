import type { PositionBits } from "../labels/position_bits.ts";
import { alignTokens, MULTI, NONE } from "./align.ts";
import { PLACES, type TagColumn } from "./columns.ts";
import type { RowDocument } from "./row_documents.ts";
import type { TaggedToken } from "./tagged_token.ts";

/**
 * Sets the bits of a document's positions. A position of one tagger token has that token's labels, one
 * of several is `multi` alone, one of none has nothing. A sentence begins where its first character is,
 * and ends one position before the next begins; the last one of a row that is full has no known end.
 *
 * @param bits of which the features are `columns`.
 * @param offset the position of the row's first id.
 */
export function markDocument(
  bits: PositionBits,
  offset: number,
  { document, tokens, columns }: {
    readonly document: RowDocument;
    readonly tokens: readonly TaggedToken[];
    readonly columns: readonly TagColumn[];
  },
): void {
  const place = (name: string) => columns.findIndex((column) => column.name === name);
  const [multi, begin, end] = [PLACES.multi, PLACES.begin, PLACES.end].map(place) as [
    number,
    number,
    number,
  ];
  const first = offset + document.first;
  alignTokens(document, tokens).forEach((at, i) => {
    if (at === MULTI) bits.set(first + i, multi);
    if (at === MULTI || at === NONE) return;
    columns.forEach(({ holds }, f) => {
      if (holds?.(tokens[at]!)) bits.set(first + i, f);
    });
  });
  const count = document.starts.length;
  let next = 0;
  for (const { start } of tokens.filter(({ startsSentence }) => startsSentence)) {
    while (next < count && document.ends[next]! <= start) next++;
    if (next === count) break;
    bits.set(first + next, begin);
    if (next > 0) bits.set(first + next - 1, end);
  }
  if (document.isWhole && count > 0) bits.set(first + count - 1, end);
}
