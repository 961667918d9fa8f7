/**
 * Rows as the original made them (TransformerLens' `tokenize_and_concatenate` of 2023, by
 * universal-neurons' make_dataset.py; spec section 1.1), losses included.
 *
 * @module
 */
import { newEncoder, noCounts, type RowCounts, type RowSettings } from "./make_rows.ts";
import { RowPacker } from "./row_packer.ts";
import { characterCount, characterIndex, type TextPiece } from "./text_piece.ts";
import { TextSpool } from "./text_spool.ts";

/** Documents a batch: the default of `datasets.map(batched=True)`. */
export const ORIGINAL_BATCH = 1000;
/** Pieces a batch's text is cut into, in the middle of words. */
export const ORIGINAL_CHUNKS = 20;

interface Batch {
  readonly spool: TextSpool;
  documents: number;
}

/**
 * Documents to rows, subset by subset, in batches of 1,000 documents: the batch is joined by the
 * text of the separator token, cut into 20 pieces of equally many characters wherever that falls,
 * the pieces are encoded one by one, **every separator id is dropped** (padding has the same id),
 * the rest is cut to rows, and what fills no row at the end of a batch is left out.
 *
 * A separator that a cut between two pieces falls into is no separator any more but the tokens of
 * its letters, which stay. That is the original's doing as well.
 *
 * @throws {NeuriteError} as `correctedRows`.
 */
export async function originalRows(
  pieces: AsyncIterable<TextPiece>,
  settings: RowSettings,
): Promise<RowCounts> {
  const { tokenizer, separator, subsets, store, enough = Infinity, signal } = settings;
  const counts = noCounts();
  const between = tokenizer.decode([separator]);
  const batches = new Map<number, Batch>();
  await using spools = new AsyncDisposableStack();
  let isInside = false;
  for await (const { text, isLast, subset } of pieces) {
    signal?.throwIfAborted();
    const number = subsets.indexOf(subset);
    let batch = batches.get(number);
    if (!batch) {
      batch = { spool: spools.use(new TextSpool(settings.scratchFolder)), documents: 0 };
      batches.set(number, batch);
    }
    if (!isInside && batch.documents > 0) await batch.spool.add(between);
    await batch.spool.add(text);
    isInside = !isLast;
    if (isLast && ++batch.documents === ORIGINAL_BATCH) {
      await packBatch(batch, number, settings, counts);
      if (store.count >= enough) return counts;
    }
  }
  for (const [number, batch] of batches) {
    if (batch.documents > 0) await packBatch(batch, number, settings, counts);
    if (store.count >= enough) return counts;
  }
  return counts;
}

/** Makes the rows of a batch and empties it. */
async function packBatch(
  batch: Batch,
  subset: number,
  settings: RowSettings,
  counts: RowCounts,
): Promise<void> {
  const { tokenizer, store, separator, bos, signal } = settings;
  const joint = characterCount(tokenizer.decode([separator]));
  const packer = new RowPacker(store.ctx, bos, (row) => store.add(row, subset));
  const encoder = newEncoder(settings);
  const take = (ids: Int32Array) => {
    const kept = ids.filter((id) => id !== separator);
    counts.tokens += kept.length;
    counts.separatorsDropped += ids.length - kept.length;
    packer.push(kept);
  };
  const { characters } = batch.spool;
  // Python's (n − 1) // 20 + 1; the last piece is shorter, and the last ones may be empty.
  const length = Math.floor((characters - 1) / ORIGINAL_CHUNKS) + 1;
  let left = length;
  for await (let text of batch.spool.read()) {
    signal?.throwIfAborted();
    while (text !== "") {
      const part = text.slice(0, characterIndex(text, left));
      for (const ids of encoder.push(part)) take(ids);
      text = text.slice(part.length);
      left -= characterCount(part);
      if (left > 0) continue;
      take(encoder.flush());
      left = length;
    }
    await store.settle();
  }
  take(encoder.flush());
  await store.settle();
  counts.documents += batch.documents;
  counts.characters += characters - (batch.documents - 1) * joint;
  counts.remainder += packer.drop();
  batch.documents = 0;
  await batch.spool.clear();
}
