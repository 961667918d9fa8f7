/**
 * Parquet tables with a column of lists, written row group by row group.
 *
 * @module
 */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { VERSION } from "../../version.ts";

/** Some rows of such a table. */
export interface ListRows {
  /** The lists, one a row. */
  readonly lists: readonly Int32Array[];
  /** The labels, one a row, or absent in all groups. */
  readonly labels?: readonly string[];
}

/** The names of the columns. */
export interface ListColumns {
  /** The column of lists, `list<int32>`. */
  readonly list: string;
  /** The column of labels, a string that is never null; none when absent. */
  readonly label?: string | undefined;
}

function schemaOf({ list, label }: ListColumns): SchemaElement[] {
  const labels: SchemaElement[] = label === undefined ? [] : [{
    name: label,
    type: "BYTE_ARRAY",
    "converted_type": "UTF8",
    "repetition_type": "REQUIRED",
  }];
  return [
    { name: "root", "num_children": 1 + labels.length },
    { name: list, "repetition_type": "REQUIRED", "num_children": 1, "converted_type": "LIST" },
    { name: "list", "repetition_type": "REPEATED", "num_children": 1 },
    { name: "element", type: "INT32", "repetition_type": "REQUIRED" },
    ...labels,
  ];
}

/**
 * The bytes of a Parquet file with a column `list<int32>` and perhaps one of labels; each group of
 * rows becomes a row group and need not stay in memory. Same rows and groups, same bytes.
 *
 * @example Usage
 * ```ts
 * import { encodeListTable } from "neurite/lib/store/format/list_table.ts";
 *
 * const groups = [{ lists: [Int32Array.of(1, 2)] }, { lists: [Int32Array.of(3, 4)] }];
 * let bytes = 0;
 * for await (const piece of encodeListTable({ list: "tokens" }, groups)) bytes += piece.length;
 * if (bytes === 0) throw new Error("unreachable");
 * ```
 */
export async function* encodeListTable(
  columns: ListColumns,
  groups: AsyncIterable<ListRows> | Iterable<ListRows>,
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: Object.entries(metadata).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, value]) => ({ key, value })),
    createdBy: `neurite ${VERSION}`,
  });
  const take = () => {
    const made = bytes.getBytes().slice();
    bytes.index = 0;
    return made;
  };
  const { list, label } = columns;
  for await (const { lists, labels } of groups) {
    if (lists.length === 0) continue;
    // The writer walks plain arrays only.
    const rows = lists.map((row) => Array.from(row));
    await writer.write({
      columnData: [
        { name: list, data: rows },
        ...(label === undefined ? [] : [{ name: label, data: labels as string[] }]),
      ],
      rowGroupSize: lists.length,
    });
    yield take();
  }
  await writer.finish();
  yield take();
}
