/**
 * Files of text to documents, by the format that a file's name says.
 *
 * @module
 */
import type { ByteSource } from "./byte_source.ts";
import { gunzip, unzstd } from "./inflate.ts";
import { readJsonLines } from "./jsonl.ts";
import { readParquet } from "./parquet.ts";
import { readPlainText } from "./plain_text.ts";
import type { TextPiece } from "./text_piece.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Formats of a corpus file. */
export const CORPUS_FORMATS = ["text", "jsonl", "parquet"] as const;

/** One of {@linkcode CORPUS_FORMATS}. */
export type CorpusFormat = typeof CORPUS_FORMATS[number];

/** How documents are found in files. */
export interface CorpusOptions {
  /** The format of every file; by each file's name when absent. */
  readonly format?: CorpusFormat | undefined;
  /** What lies between documents of plain text; a file is one document when absent. */
  readonly separator?: string | undefined;
  /** The field or column of the text. @default {"text"} */
  readonly column?: string;
  /**
   * What labels a document: `"file"` for the file's name without endings, else the name of a field
   * or column; nothing when absent.
   */
  readonly subset?: string | undefined;
  /** Takes bytes that are not UTF-8 as U+FFFD and tells the first one's place. */
  readonly onInvalid?: ((place: string, offset: number) => void) | undefined;
}

/** The format that a name says, behind `.gz` or `.zst`; plain text when it says none. */
export function formatOf(name: string): CorpusFormat {
  const ending = /\.([a-z]+)(\.gz|\.zst)?$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === "jsonl" || ending === "ndjson") return "jsonl";
  return ending === "parquet" ? "parquet" : "text";
}

/** A file's name without the endings of formats and compression. */
export function stemOf(name: string): string {
  return name.replace(/\.(gz|zst)$/i, "").replace(/\.(jsonl|ndjson|parquet|txt|text)$/i, "");
}

function uncompressed(source: ByteSource): AsyncIterable<Uint8Array> {
  const { name, place } = source;
  if (/\.gz$/i.test(name)) return gunzip(source.read(), place);
  return /\.zst$/i.test(name) ? unzstd(source.read(), place) : source.read();
}

async function* labelled(
  pieces: AsyncIterable<TextPiece>,
  subset: string,
): AsyncGenerator<TextPiece> {
  for await (const piece of pieces) yield { ...piece, subset };
}

function readSource(source: ByteSource, options: CorpusOptions): AsyncGenerator<TextPiece> {
  const { separator, column = "text", subset, onInvalid } = options;
  const format = options.format ?? formatOf(source.name);
  const { place } = source;
  const fields = {
    column,
    ...(subset !== undefined && subset !== "file" && { subsetField: subset }),
  };
  if (format === "parquet") return readParquet(source, fields);
  const told = onInvalid && ((offset: number) => onInvalid(place, offset));
  const text = decodeUtf8(uncompressed(source), { place, onInvalid: told });
  return format === "jsonl" ? readJsonLines(text, place, fields) : readPlainText(text, separator);
}

/**
 * The documents of files, one file after the other, never more in memory than one document of JSON
 * lines or one row group of Parquet.
 *
 * @throws {NeuriteError} E-CORPUS for what a file should not hold, naming the line, row or byte.
 *
 * @example Usage
 * ```ts
 * import { readCorpus } from "neurite/lib/text/corpus/corpus.ts";
 * import { fileSource } from "neurite/lib/text/corpus/byte_source.ts";
 *
 * const path = "cache/text/sample.txt";
 * const { size } = await Deno.stat(path);
 * let documents = 0;
 * for await (const piece of readCorpus([fileSource(path, size)])) documents += Number(piece.isLast);
 * if (documents !== 1) throw new Error("unreachable");
 * ```
 */
export async function* readCorpus(
  sources: readonly ByteSource[],
  options: CorpusOptions = {},
): AsyncGenerator<TextPiece> {
  for (const source of sources) {
    const pieces = readSource(source, options);
    yield* options.subset === "file" ? labelled(pieces, stemOf(source.name)) : pieces;
  }
}
