/**
 * Documents of Parquet files, one row group in memory at a time.
 *
 * @module
 */
import * as fzstd from "fzstd";
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { cannot, NeuriteError } from "../../errors.ts";
import type { ByteRanges, ByteSource } from "./byte_source.ts";
import { recordDocument, type RecordFields } from "./records.ts";
import type { TextPiece } from "./text_piece.ts";

// 1 GiB unpacked: what a text column's row group must fit in. The Hub's own files have 0.1 GiB.
const LARGEST_GROUP = 1 << 30;

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array, length: number) => gunzipSync(bytes, { maxOutputLength: length }),
  BROTLI: (bytes: Uint8Array, length: number) =>
    brotliDecompressSync(bytes, { maxOutputLength: length }),
  ZSTD: (bytes: Uint8Array, length: number) => fzstd.decompress(bytes, new Uint8Array(length)),
};

function complain(place: string, is: string, expected: string, cause?: unknown): NeuriteError {
  return cannot("E-CORPUS", {
    do: "read table",
    thing: place,
    is,
    expected,
    hint: "check that it is a whole Parquet file with the column that --column names",
    cause,
  });
}

async function parsed<R>(place: string, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NeuriteError || (error as Error)?.name === "AbortError") throw error;
    throw complain(place, String((error as Error)?.message ?? error), "a Parquet file", error);
  }
}

/** The top-level columns that hold the fields asked for. */
function wantedColumns(metadata: FileMetaData, place: string, fields: RecordFields): string[] {
  const [root, ...rest] = metadata.schema;
  const top: string[] = [];
  for (let i = 0, left = root?.num_children ?? 0; left > 0 && i < rest.length; left--) {
    top.push(rest[i]!.name);
    // Passes over the children of a group, at any depth.
    for (let open = 1; open > 0 && i < rest.length; i++) open += (rest[i]!.num_children ?? 0) - 1;
  }
  const names = [fields.column, ...(fields.subsetField ? [fields.subsetField] : [])];
  const columns = names.map((name) => top.includes(name) ? name : name.split(".")[0]!);
  const absent = columns.find((name) => !top.includes(name));
  if (absent === undefined) return [...new Set(columns)];
  throw complain(place, `columns ${top.slice(0, 20).join(", ")}`, `a column ${absent}`);
}

/** Parquet's row groups are read whole, so one must fit in memory. */
function checkGroup(
  group: FileMetaData["row_groups"][number],
  columns: readonly string[],
  place: string,
): void {
  const bytes = group.columns.reduce((sum, { meta_data: data }) => {
    const isWanted = data !== undefined && columns.includes(data.path_in_schema[0]!);
    return isWanted ? sum + Number(data.total_uncompressed_size) : sum;
  }, 0);
  if (bytes <= LARGEST_GROUP) return;
  throw complain(place, `a row group of ${bytes} bytes`, `at most ${LARGEST_GROUP}`);
}

/**
 * Documents of a Parquet file, in the order of its rows; only the columns asked for are read.
 *
 * @throws {NeuriteError} E-CORPUS for a file that is no Parquet, is cut short or lacks a column, and
 * for a row without a text.
 */
export async function* readParquet(
  source: ByteSource,
  fields: RecordFields,
): AsyncGenerator<TextPiece> {
  const { place } = source;
  const withFile = <R>(use: (file: ByteRanges) => Promise<R>) =>
    parsed(place, () => source.withRanges(use));
  const metadata = await withFile((file) => parquetMetadataAsync(file));
  if (metadata.row_groups.length === 0) return;
  const columns = wantedColumns(metadata, place, fields);
  let row = 0;
  for (const group of metadata.row_groups) {
    checkGroup(group, columns, place);
    const range = { rowStart: row, rowEnd: row + Number(group.num_rows) };
    const records = await withFile((file) =>
      parquetReadObjects({ file, metadata, columns, ...range, compressors: COMPRESSORS })
    );
    for (const record of records) {
      yield recordDocument(record, fields, { where: `row ${row++} of`, place });
    }
  }
}
