/**
 * Tables to the bytes of Parquet files.
 *
 * @module
 */
import { parquetWriteBuffer } from "hyparquet-writer";
import { VERSION } from "../../version.ts";

interface ColumnValues {
  int32: Int32Array | readonly number[];
  int64: BigInt64Array | readonly bigint[];
  float32: Float32Array | readonly number[];
  float64: Float64Array | readonly number[];
  string: readonly (string | null)[];
  boolean: readonly boolean[];
}

/** The type of a column. */
export type ColumnType = keyof ColumnValues;

type ColumnOf<T extends ColumnType> = T extends ColumnType ? {
    /** Its name, snake_case, with the unit as a suffix where it has one. */
    readonly name: string;
    /** Its type in the file. Only strings may be null. */
    readonly type: T;
    /** One value a row. */
    readonly values: ColumnValues[T];
    /** Its unit, kept in the file's metadata. */
    readonly unit?: string;
  }
  : never;

/** A column of a table. */
export type TableColumn = ColumnOf<ColumnType>;

const PARQUET_TYPES = {
  int32: "INT32",
  int64: "INT64",
  float32: "FLOAT",
  float64: "DOUBLE",
  string: "STRING",
  boolean: "BOOLEAN",
} as const;

/**
 * The rows all columns have.
 *
 * @throws {RangeError} when they differ, there is no column, or a name comes twice.
 */
export function rowCount(columns: readonly TableColumn[]): number {
  const rows = columns[0]?.values.length;
  const names = new Set<string>();
  for (const { name, values } of columns) {
    if (values.length !== rows) {
      throw new RangeError(
        `Cannot write column "${name}": ${values.length} rows, expected ${rows} as in the first`,
      );
    }
    if (names.has(name)) {
      throw new RangeError(`Cannot write column "${name}": named twice, expected distinct names`);
    }
    names.add(name);
  }
  if (rows === undefined) {
    throw new RangeError('Cannot write "table": no column, expected at least one');
  }
  return rows;
}

function checkValues({ name, type, values }: TableColumn): void {
  const isRight: (value: unknown) => boolean = {
    int32: (value: unknown) =>
      Number.isInteger(value) && Math.abs((value as number) + 0.5) <= 2 ** 31 - 0.5,
    int64: (value: unknown) => typeof value === "bigint",
    float32: (value: unknown) => typeof value === "number",
    float64: (value: unknown) => typeof value === "number",
    string: (value: unknown) => typeof value === "string" || value === null,
    boolean: (value: unknown) => typeof value === "boolean",
  }[type];
  if (ArrayBuffer.isView(values)) return;
  const at = (values as readonly unknown[]).findIndex((value) => !isRight(value));
  if (at < 0) return;
  throw new RangeError(
    `Cannot write column "${name}": ${Deno.inspect(values[at])} in row ${at}, expected ${type}`,
  );
}

/**
 * The bytes of a Parquet file: snappy, explicit types, no column nullable but those of strings.
 * Units and `metadata` go into the key-value metadata. Same values, same bytes.
 *
 * @throws {RangeError} for columns of different lengths or values that do not fit their type.
 *
 * @example Usage
 * ```ts
 * import { decodeTable } from "neurite/lib/store/format/read_table.ts";
 * import { encodeTable } from "neurite/lib/store/format/table.ts";
 *
 * const bytes = encodeTable([
 *   { name: "layer", type: "int32", values: [0, 1] },
 *   { name: "loss_nats", type: "float32", values: Float32Array.of(0.5, 0.25), unit: "nats" },
 * ]);
 * const { rows, columns } = await decodeTable(bytes, "example.parquet");
 * if (rows !== 2 || columns.loss_nats?.[1] !== 0.25) throw new Error("unreachable");
 * ```
 */
export function encodeTable(
  columns: readonly TableColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  rowCount(columns);
  columns.forEach(checkValues);
  const entries = { ...metadata };
  for (const { name, unit } of columns) if (unit) entries[`unit:${name}`] = unit;
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type, values }) => ({
      name,
      data: values as number[],
      type: PARQUET_TYPES[type],
      nullable: type === "string",
      // Dictionaries are keyed by Map, which takes -0 for 0.
      ...(type === "float32" || type === "float64" ? { encoding: "PLAIN" as const } : {}),
    })),
    kvMetadata: Object.entries(entries).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, value]) => ({ key, value })),
    createdBy: `neurite ${VERSION}`,
  });
  return new Uint8Array(buffer);
}
