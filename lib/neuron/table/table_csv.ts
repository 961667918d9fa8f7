/**
 * The neuron table as CSV, digit for digit as pandas writes it.
 *
 * @module
 */
import type { TableColumn } from "../../store/format/table.ts";
import { float32Decimal, pythonText } from "./number_text.ts";

const ROWS_A_CHUNK = 4096;

/**
 * The bytes of a CSV file: float32 columns with the fewest digits that tell them apart, float64 columns
 * likewise, NaN as nothing.
 */
export function* encodeNeuronCsv(columns: readonly TableColumn[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const rows = columns[0]!.values.length;
  yield encoder.encode(columns.map(({ name }) => name).join(",") + "\n");
  for (let start = 0; start < rows; start += ROWS_A_CHUNK) {
    let text = "";
    for (let row = start; row < Math.min(rows, start + ROWS_A_CHUNK); row++) {
      text += columns.map((column) => fieldText(column, row)).join(",") + "\n";
    }
    yield encoder.encode(text);
  }
}

function fieldText({ type, values }: TableColumn, row: number): string {
  const value = Number(values[row]);
  if (type === "int32") return String(value);
  return pythonText(type === "float32" ? float32Decimal(value) : value);
}
