/**
 * What both ways of making rows share.
 *
 * @module
 */
import type { TextTokenizer } from "../../model/tokenizer.ts";
import type { RowStore } from "./row_store.ts";
import { StreamEncoder } from "./stream_encoder.ts";
import type { SubsetNames } from "./subset_names.ts";

/** How rows are made. */
export interface RowSettings {
  readonly tokenizer: TextTokenizer;
  /** V of the model; ids are checked against it. */
  readonly vocabSize: number;
  /** Whether texts may be cut; see `tokenizerMayCut`. */
  readonly mayCut: boolean;
  /** The id that separates documents (EOS), which in the original is also the padding. */
  readonly separator: number;
  /** The id before each row, or undefined for rows of text alone. */
  readonly bos: number | undefined;
  /** Where the rows go. */
  readonly store: RowStore;
  /** Numbers of the labels met. */
  readonly subsets: SubsetNames;
  /** Rows after which reading stops. @default {Infinity} */
  readonly enough?: number;
  /** Folder for a text that has to wait. */
  readonly scratchFolder: string;
  /** Ends the work between two pieces. */
  readonly signal?: AbortSignal | undefined;
  /** UTF-16 units encoded at a time; changes no result. */
  readonly pieceLength?: number;
}

/** What was read and what became of it. */
export interface RowCounts {
  /** Documents read to their end. */
  documents: number;
  /** Their characters (code points). */
  characters: number;
  /** Tokens of the documents' text, separators not counted. */
  tokens: number;
  /** Separators that stand in rows. */
  separators: number;
  /** Separator ids among those tokens: documents with `<|endoftext|>` written out. */
  separatorsInText: number;
  /** Separator ids left out, those between documents included. */
  separatorsDropped: number;
  /** Tokens left out at the end of a batch or of a subset because they filled no row. */
  remainder: number;
}

/** Nothing counted yet. */
export function noCounts(): RowCounts {
  return {
    documents: 0,
    characters: 0,
    tokens: 0,
    separators: 0,
    separatorsInText: 0,
    separatorsDropped: 0,
    remainder: 0,
  };
}

/** An encoder for one text at a time. */
export function newEncoder({ tokenizer, ...settings }: RowSettings): StreamEncoder {
  return new StreamEncoder(tokenizer, settings);
}

/** How many ids of a kind there are. */
export function countOf(ids: Int32Array, wanted: number): number {
  let count = 0;
  for (const id of ids) if (id === wanted) count++;
  return count;
}
