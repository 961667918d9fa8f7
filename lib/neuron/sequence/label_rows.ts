/**
 * Labels of all positions of a corpus.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";
import type { Labelling } from "../labels/labelling.ts";
import { PositionBits } from "../labels/position_bits.ts";
import type { TagColumn } from "./columns.ts";
import { markDocument } from "./mark_document.ts";
import { type RowDocument, rowDocuments, type TokenTexts } from "./row_documents.ts";
import type { TaggedToken } from "./tagged_token.ts";

/** Gives the tokens of each document, asked in order. */
export type DocumentTagger = (
  document: RowDocument,
  index: number,
) => readonly TaggedToken[] | Promise<readonly TaggedToken[]>;

/** Settings of {@linkcode labelRows}. */
export interface LabelRowsOptions {
  readonly columns: readonly TagColumn[];
  readonly signal?: AbortSignal | undefined;
  /** Told after each row. */
  readonly onRow?: () => void;
}

/** Documents of rows, in order, numbered from 0; empty ones are left out. */
export function* corpusDocuments(
  tokens: Tokens,
  texts: TokenTexts,
): Generator<{ readonly row: number; readonly index: number; readonly document: RowDocument }> {
  const [B, T] = tokens.shape as [number, number];
  let index = 0;
  for (let row = 0; row < B; row++) {
    for (const document of rowDocuments(tokens.data.subarray(row * T, (row + 1) * T), texts)) {
      if (document.text !== "") yield { row, index: index++, document };
    }
  }
}

/**
 * Tags every document of the rows and packs its labels: ⌈F / 32⌉ · 4 bytes a position are held, and 4
 * of groups at the end.
 *
 * @example Usage
 * ```ts
 * import { RULE_COLUMNS } from "neurite/lib/neuron/sequence/columns.ts";
 * import { labelRows } from "neurite/lib/neuron/sequence/label_rows.ts";
 * import { ruleTagger } from "neurite/lib/neuron/sequence/rule_tagger.ts";
 *
 * const strings = ["<|endoftext|>", "She", " sang", "."];
 * const decode = (ids: Iterable<number>) => Array.from(ids, (id) => strings[id]).join("");
 * const tokens = { data: Int32Array.of(0, 1, 2, 3), shape: [1, 4] };
 * const tag = ruleTagger();
 * const { codes, features } = await labelRows(
 *   tokens,
 *   { strings, decode, special: new Set([0]) },
 *   ({ text }) => tag(text),
 *   { columns: RULE_COLUMNS },
 * );
 * const past = features.find(({ name }) => name === "is_past_tense")!;
 * if (past.holds[codes[2]!] !== 1 || past.holds[codes[1]!] !== 0) throw new Error("unreachable");
 * ```
 */
export async function labelRows(
  tokens: Tokens,
  texts: TokenTexts,
  tag: DocumentTagger,
  { columns, signal, onRow = () => {} }: LabelRowsOptions,
): Promise<Labelling> {
  const T = tokens.shape[1]!;
  const bits = new PositionBits(tokens.data.length, columns);
  let done = 0;
  for (const { row, index, document } of corpusDocuments(tokens, texts)) {
    // A tagger that does not wait would keep signals from being heard.
    if (row > done) await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    for (; done < row; done++) onRow();
    markDocument(bits, row * T, { document, columns, tokens: await tag(document, index) });
  }
  for (; done < tokens.shape[0]!; done++) onRow();
  return bits.labelling("sequence");
}
