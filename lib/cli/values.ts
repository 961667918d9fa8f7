/**
 * From the text of one option to its value.
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot, type NeuriteError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { ListOption, OptionSpec } from "./options.ts";
import { parseBytes } from "./sizes.ts";

/** A value as a script sees it. */
export type OptionValue = string | number | boolean | readonly string[] | readonly number[];

// Slurm scripts pass lists of files; past this an option is a mistake.
const LONGEST_LIST = 100_000;

/** Where a text came from, for the message: `--seed`, or `NEURITE_SEED`. */
export interface ValueSource {
  readonly name: string;
  readonly hint: string;
}

function refuse(source: ValueSource, is: string, expected: string): NeuriteError {
  return cannot("E-USAGE", {
    do: "read option",
    thing: source.name,
    is,
    expected,
    hint: source.hint,
  });
}

function readNumber(
  text: string,
  option: OptionSpec & { min?: number; max?: number },
  source: ValueSource,
) {
  const wanted = option.type === "integer" ? "a whole number" : "a number";
  const { min, max } = option;
  const range = min !== undefined && max !== undefined
    ? ` from ${min} to ${max}`
    : min !== undefined
    ? ` of at least ${min}`
    : max !== undefined
    ? ` of at most ${max}`
    : "";
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const isRight = option.type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!isRight || value < (min ?? -Infinity) || value > (max ?? Infinity)) {
    throw refuse(source, JSON.stringify(text), wanted + range);
  }
  return value;
}

function readChoice(text: string, choices: readonly string[], source: ValueSource): string {
  if (choices.includes(text)) return text;
  const close = nearest(text, choices);
  const expected = `one of ${choices.join(", ")}${close ? ` (nearest is "${close}")` : ""}`;
  throw refuse(source, JSON.stringify(text), expected);
}

function readPath(text: string, source: ValueSource): string {
  if (text.trim() === "") throw refuse(source, "an empty text", "a path");
  if (text.includes("\0")) throw refuse(source, "a text with a NUL", "a path");
  return resolve(text);
}

/** Splits one occurrence of a list flag at its commas and reads each element. */
export function readList(text: string, option: ListOption, source: ValueSource): OptionValue[] {
  if (text === "") return [];
  const parts = text.split(",", LONGEST_LIST + 1).map((part) => part.trim());
  if (parts.length > LONGEST_LIST) {
    throw refuse(source, `over ${LONGEST_LIST} elements`, "a shorter list");
  }
  const { description, of = "string", choices } = option;
  return parts.map((part) => {
    if (part === "") throw refuse(source, JSON.stringify(text), "no empty element between commas");
    if (choices) return readChoice(part, choices, source);
    return readValue(part, { type: of, description }, source);
  });
}

/**
 * Reads the text of an option.
 *
 * @throws {NeuriteError} E-USAGE when the text does not fit the option.
 */
export function readValue(text: string, option: OptionSpec, source: ValueSource): OptionValue {
  switch (option.type) {
    case "string":
      if (option.pattern && !option.pattern.test(text)) {
        const shape = option.placeholder ?? `a text that matches ${option.pattern}`;
        throw refuse(source, JSON.stringify(text), shape);
      }
      return text;
    case "integer":
    case "number":
      return readNumber(text, option, source);
    case "boolean":
      if (/^(1|true|yes|on)$/i.test(text)) return true;
      if (/^(0|false|no|off|)$/i.test(text)) return false;
      throw refuse(source, JSON.stringify(text), "true or false");
    case "choice":
      return readChoice(text, option.choices, source);
    case "path":
      return readPath(text, source);
    case "bytes": {
      const bytes = parseBytes(text);
      if (!bytes) throw refuse(source, JSON.stringify(text), "a size such as 4G or 512M");
      return bytes;
    }
    case "list":
      return readList(text, option, source) as string[] | number[];
  }
}
