import { countOf, newEncoder, noCounts, type RowCounts, type RowSettings } from "./make_rows.ts";
import { RowPacker } from "./row_packer.ts";
import { characterCount, type TextPiece } from "./text_piece.ts";

/**
 * Documents to rows without the original's losses: each document is encoded as a whole, documents of
 * one subset follow each other with one separator between them, which stays in the rows, and only
 * what fills no row at the very end of a subset is left out. A row never mixes subsets. Rows come in
 * the order in which they are full.
 *
 * @throws {NeuriteError} E-TOKENS for ids outside the vocabulary; E-FILE-FULL; what the pieces throw.
 */
export async function correctedRows(
  pieces: AsyncIterable<TextPiece>,
  settings: RowSettings,
): Promise<RowCounts> {
  const { store, subsets, separator, bos, enough = Infinity, signal } = settings;
  const counts = noCounts();
  const packers = new Map<number, RowPacker>();
  const encoder = newEncoder(settings);
  let isInside = false;
  for await (const { text, isLast, subset } of pieces) {
    signal?.throwIfAborted();
    const number = subsets.indexOf(subset);
    let packer = packers.get(number);
    if (packer && !isInside) {
      packer.push(Int32Array.of(separator));
      counts.separators++;
    }
    if (!packer) {
      packer = new RowPacker(store.ctx, bos, (row) => store.add(row, number));
      packers.set(number, packer);
    }
    for (const ids of [...encoder.push(text), ...(isLast ? [encoder.flush()] : [])]) {
      packer.push(ids);
      counts.tokens += ids.length;
      counts.separatorsInText += countOf(ids, separator);
    }
    counts.characters += characterCount(text);
    if (isLast) counts.documents++;
    isInside = !isLast;
    await store.settle();
    if (store.count >= enough) return counts;
  }
  for (const packer of packers.values()) counts.remainder += packer.drop();
  return counts;
}
