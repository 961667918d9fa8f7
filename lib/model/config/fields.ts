/**
 * Checked access to the fields of a `config.json`.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";

/** Bounds of a whole number. */
export interface IntegerBounds {
  /** The Hugging Face default, taken when the key is missing. */
  readonly missing: number;
  /** The smallest value allowed. @default {1} */
  readonly least?: number;
  /** Above every published model of the architecture. */
  readonly most: number;
}

/** The fields of one `config.json`; a wrong one throws `E-CONFIG` naming file, key and both values. */
export class ConfigFields {
  /** Absolute path of the file, for messages. */
  readonly path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** Wraps parsed JSON. */
  constructor(path: string, fields: Readonly<Record<string, unknown>>) {
    this.path = path;
    this.#fields = fields;
  }

  /** A field as it stands, or undefined; the second name is the general one for the same thing. */
  get(key: string, alias?: string): unknown {
    const value = this.#own(key);
    const other = alias === undefined ? undefined : this.#own(alias);
    if (value !== undefined && other !== undefined && value !== other) {
      throw this.refuse(key, value, `${show(other)}, as ${alias} says`);
    }
    return value ?? other;
  }

  /** A whole number. */
  integer(key: string, bounds: IntegerBounds, alias?: string): number {
    const { missing, least = 1, most } = bounds;
    const value = this.get(key, alias) ?? missing;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
      return value as number;
    }
    throw this.refuse(key, value, `a whole number from ${least} to ${most}`);
  }

  /** A number above zero. */
  positive(key: string, missing: number): number {
    const value = this.get(key) ?? missing;
    if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
    throw this.refuse(key, value, "a number above 0");
  }

  /** A switch. */
  boolean(key: string, missing: boolean): boolean {
    const value = this.get(key) ?? missing;
    if (typeof value === "boolean") return value;
    throw this.refuse(key, value, "true or false");
  }

  /** A switch of which only one position is computed here. */
  require(key: string, only: boolean): void {
    if (this.boolean(key, only) !== only) throw this.refuse(key, !only, String(only));
  }

  /** A token id; `null` says that there is none, and of several the first counts. */
  tokenId(key: string, missing: number): number | null {
    const value = this.#fields[key] === null ? null : this.get(key) ?? missing;
    const first = Array.isArray(value) ? value[0] : value;
    if (first === null || Number.isSafeInteger(first)) return first as number | null;
    throw this.refuse(key, value, "a token id");
  }

  /** The fields of an object in a field, or undefined. */
  nested(key: string): ConfigFields | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) {
      throw this.refuse(key, value, "an object");
    }
    return new ConfigFields(this.path, value as Record<string, unknown>);
  }

  /** An `E-CONFIG` error about a field. */
  refuse(key: string, value: unknown, expected: string): NeuriteError {
    return cannot("E-CONFIG", {
      do: "use",
      thing: this.path,
      is: `${key} is ${show(value)}`,
      expected,
      hint:
        "neurite does not compute this setting, or the file is damaged: compare it with the Hub's",
    });
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] ?? undefined : undefined;
  }
}

function show(value: unknown): string {
  return typeof value === "string"
    ? quote(value)
    : JSON.stringify(value)?.slice(0, 80) ?? "missing";
}
