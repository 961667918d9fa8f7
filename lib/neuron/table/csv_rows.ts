/**
 * CSV tables with a row a neuron: the original's neuron tables, old and new, and lists of neurons.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { readCsv } from "../../store/format/read_csv.ts";
import { parseNeuron } from "../neurons.ts";
import { COLUMN_NAMES, type NeuronColumn, type NeuronRows } from "./columns.ts";
import { ORIGINAL_COLUMNS } from "./original_names.ts";

/** A table that was read. */
export interface CsvRows extends NeuronRows {
  /** As it was given. */
  readonly path: string;
  /** Columns of text, and numbers that are no column of the neuron table, as they stand. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /**
   * The original's first definition of excess, `min_corr − max_baseline`, where the file has that: it
   * is not `excess_corr` then.
   */
  readonly oldExcess?: Float64Array;
}

const LARGEST_PLACE = 2 ** 31;

/**
 * Reads a table: one with columns `layer` and `neuron` (or `neuron_ix`), or one whose first column has
 * names such as `1.10`. The same neuron may come twice. Older names become {@linkcode COLUMN_NAMES}'.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT when rows do not name neurons or a number is none.
 */
export async function readNeuronCsv(path: string): Promise<CsvRows> {
  const { rows, columns: read } = await readCsv(path);
  const named = new Map(
    [...read].map(([name, values]) => [ORIGINAL_COLUMNS[name] ?? name, values]),
  );
  const { layer, neuron } = placesOf(named, path);
  const columns: Partial<Record<NeuronColumn, Float64Array>> = {};
  const texts: Record<string, readonly string[]> = {};
  for (const [name, values] of named) {
    if (name === "layer" || name === "neuron") continue;
    const isKnown = (COLUMN_NAMES as readonly string[]).includes(name);
    if (isKnown) columns[name as NeuronColumn] = numbers(values, name, path);
    else texts[name] = values;
  }
  // Only the older table has an excess without the means it is the difference of.
  const isOld = rows > 0 && columns.excess_corr !== undefined && columns.mean_corr === undefined;
  const { excess_corr: excess, ...others } = columns;
  const base = { path, layer, neuron, texts };
  return isOld ? { ...base, columns: others, oldExcess: excess! } : { ...base, columns };
}

function placesOf(columns: ReadonlyMap<string, readonly string[]>, path: string) {
  const [layers, neurons] = [columns.get("layer"), columns.get("neuron")];
  if (layers && neurons) return { layer: places(layers, path), neuron: places(neurons, path) };
  const names = neurons ?? [...columns.values()][0]!;
  const parsed = names.map(parseNeuron);
  const wrong = parsed.indexOf(undefined);
  if (wrong >= 0) throw noNeuron(path, names[wrong]!, wrong);
  return {
    layer: Int32Array.from(parsed, (one) => one!.layer),
    neuron: Int32Array.from(parsed, (one) => one!.neuron),
  };
}

function places(texts: readonly string[], path: string): Int32Array {
  return Int32Array.from(texts, (text, row) => {
    const place = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (!(place < LARGEST_PLACE)) throw noNeuron(path, text, row);
    return place;
  });
}

function numbers(texts: readonly string[], name: string, path: string): Float64Array {
  return Float64Array.from(texts, (text, row) => {
    if (text === "" || text === "nan") return NaN;
    const value = /^-?inf$/.test(text) ? (text === "inf" ? Infinity : -Infinity) : Number(text);
    if (text.trim() !== "" && !Number.isNaN(value)) return value;
    throw corrupt(path, `${name} ${JSON.stringify(text)} in row ${row + 1}`, "a number");
  });
}

function noNeuron(path: string, text: string, row: number) {
  return corrupt(
    path,
    `${JSON.stringify(text)} in row ${row + 1}`,
    'columns "layer" and "neuron", or names such as 11.2045 in the first',
  );
}

function corrupt(path: string, is: string, expected: string) {
  return cannot("E-FILE-CORRUPT", {
    do: "read table",
    thing: path,
    is,
    expected,
    hint: "give a table with a row a neuron, such as the original's universal.csv",
  });
}
