/**
 * CSV files (RFC 4180) to columns of text.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { readSmallFile } from "./range_file.ts";

/** The largest table of the original has 98,304 rows of 22 columns, some 21 MB. */
const MAX_BYTES = 1 << 28;
const MAX_COLUMNS = 4096;

/** A table of text. */
export interface CsvTable {
  readonly rows: number;
  /** By name, in the file's order; a first column without a name is `""`. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

/**
 * Parses a CSV file with a head line. Quoted fields may hold commas, line breaks and doubled quotes.
 *
 * @param path named in errors.
 * @throws {NeuriteError} E-FILE-CORRUPT for lines of other lengths than the first, an open quote, or two
 * columns of one name.
 *
 * @example Usage
 * ```ts
 * import { decodeCsv } from "neurite/lib/store/format/read_csv.ts";
 *
 * const { rows, columns } = decodeCsv('neuron,text\n1.10,"a, b"\n', "example.csv");
 * if (rows !== 1 || columns.get("neuron")![0] !== "1.10") throw new Error("unreachable");
 * ```
 */
export function decodeCsv(text: string, path: string): CsvTable {
  const lines = records(text, path);
  const { value: names = [] } = lines.next();
  if (names.length > MAX_COLUMNS) {
    throw corrupt(path, `${names.length} columns`, `at most ${MAX_COLUMNS}`);
  }
  const columns = new Map<string, string[]>(names.map((name) => [name, []]));
  if (columns.size !== names.length || names.join("") === "") {
    throw corrupt(path, `columns named ${JSON.stringify(names.join())}`, "distinct names");
  }
  const lists = [...columns.values()];
  let rows = 0;
  for (const fields of lines) {
    if (fields.length !== names.length) {
      throw corrupt(path, `${fields.length} fields in row ${rows + 1}`, `${names.length}`);
    }
    fields.forEach((field, i) => lists[i]!.push(field));
    rows++;
  }
  return { rows, columns };
}

/** Reads a CSV file; see {@linkcode decodeCsv}. */
export async function readCsv(path: string): Promise<CsvTable> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  return decodeCsv(new TextDecoder().decode(bytes), path);
}

function* records(text: string, path: string): Generator<string[], undefined> {
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let fields: string[] = [];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw corrupt(path, `a stray quote near character ${at}`, "RFC 4180");
    fields.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === ",") {
      // A comma at the very end is followed by an empty field.
      if (field.lastIndex === text.length) fields.push("");
      else continue;
    }
    yield fields;
    fields = [];
  }
}

function corrupt(path: string, is: string, expected: string): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read table",
    thing: path,
    is,
    expected,
    hint: "this is not the table its name says: fetch it again, or save it again as CSV",
  });
}
