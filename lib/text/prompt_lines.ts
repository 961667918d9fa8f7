/**
 * Prompts written as text: JSON lines.
 *
 * @module
 */
import { nearest } from "../nearest.ts";
import { duplicateKey } from "../store/format/json_keys.ts";
import { quote } from "../store/format/quote.ts";
import { openRangeFile } from "../store/format/range_file.ts";
import { isStartYear, LINES_HINT, promptFault, YEAR_RANGE } from "./prompt_kinds.ts";

/** A million prompts of sixty bytes; a larger file is not what it should be. */
const MOST_BYTES = 64 * 2 ** 20;

const MOST_LINES = 1_000_000;

/** A pair of one line. */
export interface PromptPair {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly good: string;
  readonly bad: string;
}

/** A pair whose answers are the hundred years. */
export interface YearLine extends PromptPair {
  /** 1 to 98. */
  readonly year: number;
}

/** A pair with answers of its own. */
export interface LabelLine extends PromptPair {
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

/** The lines of a file, all of one kind. */
export type PromptLines =
  | { readonly kind: "year"; readonly lines: readonly YearLine[] }
  | { readonly kind: "label"; readonly lines: readonly LabelLine[] };

const FIELDS = ["good", "bad", "year", "right", "wrong"];
const WANTED = 'an object {"good", "bad", "year"} or {"good", "bad", "right", "wrong"}';

/** One line being read: where a complaint points to. */
class LineReader {
  constructor(readonly path: string, readonly line: number) {}

  fault(is: string, expected: string) {
    return promptFault(this.path, `line ${this.line}`, { is, expected, hint: LINES_HINT });
  }

  parse(text: string): YearLine | LabelLine {
    const fields = this.#fields(text);
    const { line } = this;
    const pair = { line, good: this.#text(fields, "good"), bad: this.#text(fields, "bad") };
    if (!("year" in fields)) {
      return {
        ...pair,
        right: this.#labels(fields, "right"),
        wrong: this.#labels(fields, "wrong"),
      };
    }
    const mixed = ["right", "wrong"].find((name) => name in fields);
    if (mixed) throw this.fault(`year beside ${mixed}`, "year, or right and wrong");
    const { year } = fields;
    if (typeof year === "number" && isStartYear(year)) return { ...pair, year };
    const is = typeof year === "number" ? `year ${year}` : `year that is ${kindOf(year)}`;
    throw this.fault(is, `a whole number ${YEAR_RANGE}`);
  }

  #fields(text: string): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.fault(`not JSON: ${quote(text)}`, WANTED);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.fault(`no JSON object: ${quote(text)}`, WANTED);
    }
    const odd = Object.keys(value).find((name) => !FIELDS.includes(name));
    if (odd !== undefined) {
      const close = nearest(odd, FIELDS);
      throw this.fault(
        `field ${quote(odd)}`,
        `fields ${FIELDS.join(", ")}${close ? `, nearest is "${close}"` : ""}`,
      );
    }
    const twice = duplicateKey(text);
    if (twice !== undefined) throw this.fault(`field ${quote(twice)} twice`, "each field once");
    return value as Record<string, unknown>;
  }

  #text(fields: Record<string, unknown>, name: string): string {
    const value = fields[name];
    if (typeof value === "string" && value !== "") return value;
    throw this.#missing(name, value, "a text");
  }

  #labels(fields: Record<string, unknown>, name: string): string[] {
    const value = fields[name];
    const isText = (label: unknown) => typeof label === "string" && label !== "";
    if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
    throw this.#missing(name, value, 'a list of texts, such as [" Mary"]');
  }

  #missing(name: string, value: unknown, expected: string) {
    if (value === undefined) return this.fault(`no ${name}`, WANTED);
    return this.fault(`${name} that is ${kindOf(value)}`, expected);
  }
}

function kindOf(value: unknown): string {
  if (value === "") return "an empty text";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list of other things";
  if (value === null) return "null";
  return { string: "a text", object: "an object", number: "a number" }[typeof value as string] ??
    String(value);
}

async function readText(path: string): Promise<string> {
  await using file = await openRangeFile(path);
  const fault = (is: string, expected: string) =>
    promptFault(path, "lines", { is, expected, hint: LINES_HINT });
  if (file.size > MOST_BYTES) {
    throw fault(`${file.size} bytes`, `at most ${MOST_BYTES} bytes`);
  }
  const bytes = new Uint8Array(file.size);
  await file.readInto(bytes, 0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fault("bytes that are no UTF-8", "UTF-8 text");
  }
}

/**
 * Reads prompts as text, one pair a line; empty lines are left out.
 *
 * @throws {NeuriteError} E-PROMPTS naming the line that is not JSON or has other fields, and for files
 * that are empty, of both kinds, over 64 MiB or over a million lines.
 */
export async function readPromptLines(path: string): Promise<PromptLines> {
  const texts = (await readText(path)).split("\n");
  const lines: (YearLine | LabelLine)[] = [];
  for (const [i, text] of texts.entries()) {
    if (text.trim() === "") continue;
    const reader = new LineReader(path, i + 1);
    if (lines.length === MOST_LINES) throw reader.fault("one more", `at most ${MOST_LINES} lines`);
    const line = reader.parse(text);
    const first = lines[0] ?? line;
    if ("year" in line !== "year" in first) {
      const [is, expected] = "year" in line ? ["year", "labels"] : ["labels", "year"];
      throw reader.fault(`a line with ${is}`, `${expected} as in line ${first.line}`);
    }
    lines.push(line);
  }
  if (lines.length === 0) {
    const hint = LINES_HINT;
    throw promptFault(path, "lines", { is: "no prompt", expected: "one prompt a line", hint });
  }
  return "year" in lines[0]!
    ? { kind: "year", lines: lines as YearLine[] }
    : { kind: "label", lines: lines as LabelLine[] };
}
