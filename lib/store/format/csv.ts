/**
 * Tables as CSV (RFC 4180, newlines of one byte), for people and spreadsheets.
 *
 * @module
 */
import { rowCount, type TableColumn } from "./table.ts";

const ROWS_A_CHUNK = 4096;

/** One field: quoted when it holds a comma, a quote, a line break, outer spaces, or nothing. */
export function csvField(value: string | number | bigint | boolean | null | undefined): string {
  // An empty field is a missing value; an empty text is `""`.
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return Object.is(value, -0) ? "-0" : String(value);
  const isPlain = value !== "" && value.trim() === value && !/[",\r\n]/.test(value);
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}

/** The bytes of a CSV file with a head line, in pieces. Float32 values are written as they are in float64. */
export function* encodeCsv(columns: readonly TableColumn[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const rows = rowCount(columns);
  yield encoder.encode(columns.map((column) => csvField(column.name)).join(",") + "\n");
  for (let start = 0; start < rows; start += ROWS_A_CHUNK) {
    let text = "";
    for (let i = start; i < Math.min(rows, start + ROWS_A_CHUNK); i++) {
      text += columns.map((column) => csvField(column.values[i])).join(",") + "\n";
    }
    yield encoder.encode(text);
  }
}
