/**
 * Records of spaCy's tokens from a file, one a token: JSON lines or Parquet.
 *
 * @module
 */
import { extname, resolve } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { readTable } from "../../store/format/read_table.ts";
import { explainSystemError } from "../../system_errors.ts";

/** A token as the file has it, each field checked. */
export interface SpacyRecord {
  /** Its place in the file, from 1. */
  readonly number: number;
  /** Which document, from 0. */
  readonly document: number;
  readonly text: string;
  /** First character in its document, in Unicode code points, as Python counts. */
  readonly start: number;
  readonly pos: string;
  readonly dep: string;
  readonly entity: string;
  readonly morph: string;
  readonly isStop: boolean;
  readonly isSentenceStart: boolean;
}

/** A record is a few hundred characters; a whole file on one line is no JSON lines. */
const LONGEST_LINE = 1 << 20;

/** The failure of a record. */
export function spacyFault(path: string, is: string, cause?: unknown): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read spaCy's tokens of",
    thing: path,
    is,
    expected: "a record a token, in order: document, text, start, pos_, dep_, ent_type_, morph, " +
      "is_stop, is_sent_start",
    hint: "tag the documents.jsonl of these rows with the program in docs/sequence_features.md",
    cause,
  });
}

function checkRecord(path: string, number: number, value: unknown): SpacyRecord {
  const fault = (name: string, kind: string) =>
    spacyFault(path, `record ${number}: ${name} ${kind}`);
  if (typeof value !== "object" || value === null) throw fault("it", "is no object");
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (name: string) => {
    if (typeof fields[name] === "string") return fields[name];
    throw fault(name, "is no text");
  };
  const count = (name: string) => {
    const found = Number(fields[name]);
    const isNumber = typeof fields[name] === "number" || typeof fields[name] === "bigint";
    if (isNumber && Number.isSafeInteger(found) && found >= 0) return found;
    throw fault(name, "is no count");
  };
  const flag = (name: string) => {
    if (typeof fields[name] === "boolean") return fields[name];
    throw fault(name, "is neither true nor false");
  };
  return {
    number,
    document: count("document"),
    text: text("text"),
    start: count("start"),
    pos: text("pos_"),
    dep: text("dep_"),
    entity: text("ent_type_"),
    morph: text("morph"),
    isStop: flag("is_stop"),
    isSentenceStart: flag("is_sent_start"),
  };
}

async function* lines(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path).catch((error) => {
    throw explainSystemError(error, { do: "read", thing: path }) ?? error;
  });
  let rest = "";
  const pieces = file.readable.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
  for await (const piece of pieces) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop()!;
    yield* parts;
    if (rest.length > LONGEST_LINE) {
      throw spacyFault(path, `a line of over ${LONGEST_LINE} characters`);
    }
  }
  if (rest !== "") yield rest;
}

async function* jsonRecords(path: string): AsyncGenerator<SpacyRecord> {
  let number = 0;
  try {
    for await (const line of lines(path)) {
      number++;
      if (line.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        throw spacyFault(path, `line ${number} no JSON`, error);
      }
      yield checkRecord(path, number, value);
    }
  } catch (error) {
    if (error instanceof TypeError) throw spacyFault(path, "not UTF-8", error);
    throw error;
  }
}

async function* tableRecords(path: string): AsyncGenerator<SpacyRecord> {
  const { rows, columns } = await readTable(path);
  const names = Object.keys(columns);
  for (let row = 0; row < rows; row++) {
    const value = Object.fromEntries(names.map((name) => [name, columns[name]![row]]));
    yield checkRecord(path, row + 1, value);
  }
}

/**
 * Reads records in the file's order: Parquet by the name `.parquet` (held whole, at most 64 Mi cells),
 * else JSON lines, one at a time.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT naming the record; E-FILE-MISSING, E-FILE-PERMISSION.
 */
export function spacyRecords(path: string): AsyncGenerator<SpacyRecord> {
  const absolute = resolve(path);
  const isParquet = extname(absolute).toLowerCase() === ".parquet";
  return isParquet ? tableRecords(absolute) : jsonRecords(absolute);
}
