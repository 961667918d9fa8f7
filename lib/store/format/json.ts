/**
 * JSON with one form for one value, so that it can be hashed and compared.
 *
 * @module
 */

/** What can be written. A key whose value is undefined is left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Settings of {@linkcode stableJson}. */
export interface JsonOptions {
  /** Two spaces a level and a newline at the end; arrays of plain values stay on one line. */
  readonly indent?: boolean;
  /**
   * What becomes of NaN and the infinities, which JSON lacks: `"refuse"` (when not said) throws,
   * `"text"` writes the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
   */
  readonly nonFinite?: "refuse" | "text";
}

const DEEPEST = 100;
const LONGEST_LINE = 100;

function unwritable(path: string, is: string, expected: string): TypeError {
  return new TypeError(`Cannot encode "${path || "the value"}": ${is}, expected ${expected}`);
}

function numberText(value: number, path: string, options: JsonOptions): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (options.nonFinite === "text") return `"${value}"`;
  throw unwritable(path, String(value), "a finite number (JSON has no other)");
}

function encode(value: unknown, path: string, depth: number, options: JsonOptions): string {
  if (depth > DEEPEST) throw unwritable(path, `over ${DEEPEST} levels deep`, "no cycle");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "number") return numberText(value, path, options);

  const isArray = Array.isArray(value);
  const isPlain = typeof value === "object" &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isArray && !isPlain) {
    const kind = typeof value === "object" ? value!.constructor?.name ?? "object" : typeof value;
    throw unwritable(path, kind, "a string, number, boolean, null, array or plain object");
  }
  const newline = options.indent ? "\n" + "  ".repeat(depth + 1) : "";
  const end = options.indent ? "\n" + "  ".repeat(depth) : "";
  if (isArray) {
    const items = value.map((item, i) => encode(item, `${path}[${i}]`, depth + 1, options));
    const line = `[${items.join(options.indent ? ", " : ",")}]`;
    const isFlat = value.every((item) => typeof item !== "object" || item === null);
    if (items.length === 0 || !options.indent || (isFlat && line.length <= LONGEST_LINE)) {
      return line;
    }
    return `[${newline}${items.join("," + newline)}${end}]`;
  }
  const record = value as Record<string, unknown>;
  const fields = Object.keys(record).filter((key) => record[key] !== undefined).sort()
    .map((key) => {
      const text = encode(record[key], path === "" ? key : `${path}.${key}`, depth + 1, options);
      return `${JSON.stringify(key.toWellFormed())}:${options.indent ? " " : ""}${text}`;
    });
  return fields.length === 0 ? "{}" : `{${newline}${fields.join("," + newline)}${end}}`;
}

/**
 * JSON with its keys sorted (by UTF-16 units): equal values give equal text whatever the order they
 * were built in. Minus zero is kept.
 *
 * @throws {TypeError} for NaN and the infinities (unless encoded as text), undefined in an array,
 * bigints, typed arrays, dates, functions, cycles; the message names the place.
 *
 * @example Usage
 * ```ts
 * import { stableJson } from "neurite/lib/store/format/json.ts";
 *
 * if (stableJson({ b: 1, a: [true, null] }) !== '{"a":[true,null],"b":1}') throw new Error();
 * ```
 */
export function stableJson(value: Json, options: JsonOptions = {}): string {
  return encode(value, "", 0, options) + (options.indent ? "\n" : "");
}
