/**
 * Parquet files to tables.
 *
 * @module
 */
import {
  type KeyValue,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { resolve } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";

/** The rows of a column that was read. */
export type ReadColumn =
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | (string | number | bigint | boolean | null)[];

/** A table that was read. */
export interface ReadTable {
  /** How many rows there are. */
  readonly rows: number;
  /** The values by column, in the file's order; ready for Arquero's `table()`. */
  readonly columns: Readonly<Record<string, ReadColumn>>;
  /** The file's key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

const READ_ARRAYS = {
  INT32: Int32Array,
  INT64: BigInt64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
} as const;

// The largest table of the suite, one row a neuron pair of interest, is far below either.
const MAX_FILE_BYTES = 2 ** 31;
const MAX_CELLS = 2 ** 26;

function corrupt(path: string, is: string, expected: string, cause?: unknown): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read table",
    thing: path,
    is,
    expected,
    hint: "run the script that made it again",
    cause,
  });
}

/**
 * Reads the bytes of a flat Parquet file. Numeric columns come as typed arrays of their type, or as
 * a list where a value is missing.
 *
 * @param path named in errors.
 * @throws {NeuriteError} E-FILE-CORRUPT.
 */
export async function decodeTable(bytes: Uint8Array, path: string): Promise<ReadTable> {
  try {
    const file = bytes.slice().buffer;
    const metadata = parquetMetadata(file);
    const rows = Number(metadata.num_rows);
    const elements = parquetSchema(metadata).children.map((child) => child.element);
    const names = elements.map((element) => element.name);
    if (rows * names.length > MAX_CELLS) {
      throw corrupt(path, `${rows} rows of ${names.length} columns`, `at most ${MAX_CELLS} cells`);
    }
    const lists = new Map(names.map((name) => [name, new Array<unknown>(rows).fill(null)]));
    await parquetRead({
      file,
      metadata,
      onChunk({ columnName, columnData, rowStart }) {
        const list = lists.get(columnName);
        for (let i = 0; list && i < columnData.length; i++) list[rowStart + i] = columnData[i];
      },
    });
    return {
      rows,
      columns: Object.fromEntries(
        elements.map((element) => [element.name, typed(lists.get(element.name)!, element)]),
      ),
      metadata: Object.fromEntries(
        (metadata.key_value_metadata ?? []).map(({ key, value }: KeyValue) => [key, value ?? ""]),
      ),
    };
  } catch (error) {
    if (error instanceof NeuriteError) throw error;
    throw corrupt(path, String((error as Error).message ?? error), "a Parquet file", error);
  }
}

function typed(values: unknown[], element: SchemaElement): ReadColumn {
  const ArrayType = READ_ARRAYS[element.type as keyof typeof READ_ARRAYS];
  // A converted type makes dates or decimals of plain integers.
  const isPlain = element.converted_type === undefined && element.logical_type === undefined;
  if (!ArrayType || !isPlain || values.includes(null)) return values as (string | null)[];
  return (ArrayType as { from(values: unknown[]): ReadColumn }).from(values);
}

/** Reads a Parquet file; see {@linkcode decodeTable}. */
export async function readTable(path: string): Promise<ReadTable> {
  const absolute = resolve(path);
  try {
    const { size } = await Deno.stat(absolute);
    if (size > MAX_FILE_BYTES) {
      throw corrupt(absolute, `${size} bytes`, `at most ${MAX_FILE_BYTES}`);
    }
    return await decodeTable(await Deno.readFile(absolute), absolute);
  } catch (error) {
    throw explainSystemError(error, { do: "read table", thing: absolute }) ?? error;
  }
}
