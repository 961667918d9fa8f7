import { extname } from "node:path";
import { readCsv } from "./read_csv.ts";
import { readTable } from "./read_table.ts";

/**
 * The columns of a table file by name: Parquet where the name ends in `.parquet`, else CSV, whose cells
 * are all text.
 *
 * @throws {NeuriteError} as `readTable` and `readCsv`.
 */
export async function readColumns(
  path: string,
): Promise<Readonly<Record<string, ArrayLike<unknown>>>> {
  if (extname(path).toLowerCase() === ".parquet") return (await readTable(path)).columns;
  return Object.fromEntries((await readCsv(path)).columns);
}
