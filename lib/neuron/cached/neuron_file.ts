/**
 * Lists of neurons in CSV and Parquet tables, such as the original's `universal.csv`.
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import { readColumns } from "../../store/format/read_columns.ts";
import type { Neuron } from "../neurons.ts";

const COMPARISONS = {
  ">=": (a: number, b: number) => a >= b,
  "<=": (a: number, b: number) => a <= b,
  ">": (a: number, b: number) => a > b,
  "<": (a: number, b: number) => a < b,
  "=": (a: number, b: number) => a === b,
} as const;

/** Keeps the rows of which it is true. */
export interface RowFilter {
  readonly column: string;
  readonly comparison: keyof typeof COMPARISONS;
  readonly value: number;
}

/** Reads `column>value` and the like; undefined when it is no such thing. */
export function parseFilter(text: string): RowFilter | undefined {
  const match = /^\s*([^<>=\s]+)\s*(>=|<=|>|<|=)\s*(\S+)\s*$/.exec(text);
  if (!match) return undefined;
  const [, column, comparison, value] = match as unknown as [string, string, string, string];
  if (!Number.isFinite(Number(value))) return undefined;
  return { column, comparison: comparison as RowFilter["comparison"], value: Number(value) };
}

/**
 * The neurons of a table's rows that pass all filters, in its order, by its columns `layer` and
 * `neuron`. A name that ends in `.parquet` is read as Parquet, any other as CSV.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT when a column is absent or holds no number; the errors of the
 * file.
 */
export async function readNeuronFile(
  path: string,
  filters: readonly RowFilter[],
): Promise<Neuron[]> {
  const absolute = resolve(path);
  const columns = await readColumns(absolute);
  const numbers = (name: string, isWhole: boolean) => {
    if (!Object.hasOwn(columns, name)) throw withoutColumn(absolute, name, Object.keys(columns));
    return Array.from(columns[name]!, (cell, row) => {
      const value = typeof cell === "string" && cell.trim() === "" ? NaN : Number(cell ?? NaN);
      // A missing value passes no filter; a missing neuron is a fault.
      if (isWhole && !Number.isSafeInteger(value)) throw badCell(absolute, name, { row, cell });
      return value;
    });
  };
  const [layers, neurons] = [numbers("layer", true), numbers("neuron", true)];
  const passes = filters.map(({ column, comparison, value }) => {
    const cells = numbers(column, false);
    return (row: number) => COMPARISONS[comparison](cells[row]!, value);
  });
  return layers.map((layer, row) => ({ layer, neuron: neurons[row]! }))
    .filter((_, row) => passes.every((pass) => pass(row)));
}

function withoutColumn(path: string, name: string, names: readonly string[]): NeuriteError {
  const known = names.slice(0, 40).map((known) => quote(known)).join(", ");
  return damaged(path, `a table without column ${quote(name)}`, `it among ${known || "none"}`);
}

function badCell(path: string, name: string, { row, cell }: { row: number; cell: unknown }) {
  return damaged(path, `${quote(String(cell))} as ${name} of row ${row}`, "a whole number");
}

function damaged(path: string, is: string, expected: string): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read the neurons of",
    thing: path,
    is,
    expected,
    hint: "give a CSV or Parquet table with the columns layer and neuron",
  });
}
