/**
 * From argv to typed values.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { cannot } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { flagOf, type OptionSpec, type OptionSpecs, type OptionValues } from "./options.ts";
import { parseBytes } from "./sizes.ts";
import { type OptionValue, readList, readValue } from "./values.ts";

/** The arguments without a flag that a script takes. */
export interface Positionals {
  /** What one stands for: `"FILE"`. */
  readonly name: string;
  /** One sentence for `--help`. */
  readonly description: string;
  /** The fewest allowed; 0 when not said. */
  readonly min?: number;
  /** The most allowed; any number when not said. */
  readonly max?: number;
}

/** Where a value came from. */
export type OptionSource = "flag" | "environment" | "default";

/** What {@linkcode parseOptions} found. */
export interface Parsed<S extends OptionSpecs> {
  /** Every option's value. */
  readonly values: OptionValues<S>;
  /** Where each came from; `"default"` also for an optional one that is absent. */
  readonly sources: Readonly<Record<keyof S, OptionSource>>;
  /** Arguments without a flag. */
  readonly positionals: readonly string[];
}

/** Settings of {@linkcode parseOptions}. */
export interface ParseSettings {
  /** The positional arguments taken; none when absent. */
  readonly positionals?: Positionals;
  /** What to run for help, named in hints. */
  readonly helpCommand?: string;
}

// deno task and npm put a lone "--" before what the person typed; later ones are for us.
function withoutFirstTerminator(argv: readonly string[]): string[] {
  const at = argv.indexOf("--");
  return at < 0 ? [...argv] : argv.toSpliced(at, 1);
}

/** A variable that is set, not empty, and may be read; else undefined. */
export function environmentValue(name: string): string | undefined {
  // Asking without the permission would raise, or prompt on a terminal.
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    return undefined;
  }
  return Deno.env.get(name) || undefined;
}

function defaultOf(option: OptionSpec): OptionValue | undefined {
  switch (option.type) {
    case "boolean":
      return option.default ?? false;
    case "path":
      return option.default === undefined ? undefined : resolve(option.default);
    case "bytes":
      return option.default === undefined ? undefined : parseBytes(option.default);
    case "list":
      return (option.default ?? []) as readonly string[];
    default:
      return option.default;
  }
}

/** A description as it stands after a comma; an acronym keeps its capitals. */
function asPhrase(description: string): string {
  return description.replace(/\.$/, "").replace(
    /^[A-Z](?=[a-z])/,
    (letter) => letter.toLowerCase(),
  );
}

function checkPositionals(found: readonly string[], settings: ParseSettings, hint: string): void {
  const { positionals } = settings;
  const min = positionals?.min ?? 0;
  const max = positionals ? positionals.max ?? Infinity : 0;
  if (found.length >= min && found.length <= max) return;
  const extra = found[max];
  throw cannot("E-USAGE", {
    do: "read argument",
    thing: extra ?? positionals!.name,
    is: `${found.length} given without a flag`,
    expected: max === 0
      ? "options only, each with its flag"
      : `${min}${max === min ? "" : ` to ${max === Infinity ? "any number" : max}`} of ${
        positionals!.name
      }`,
    hint,
  });
}

/**
 * Reads the command line. `--flag value` and `--flag=value` are the same, the last of several wins
 * (so that a task may carry presets), lists add up, and the first lone `--` is skipped.
 *
 * @throws {NeuriteError} E-USAGE for an unknown flag (with the nearest), a missing, malformed or
 * out-of-range value, a missing required option, too few or too many positionals.
 *
 * @example Usage
 * ```ts
 * import { defineOptions } from "neurite/lib/cli/options.ts";
 * import { parseOptions } from "neurite/lib/cli/parse.ts";
 *
 * const options = defineOptions({ seed: { type: "integer", default: 0, description: "Seed." } });
 * const { values, sources } = parseOptions(options, ["--", "--seed", "7"]);
 * if (values.seed !== 7 || sources.seed !== "flag") throw new Error("unreachable");
 * ```
 */
export function parseOptions<const S extends OptionSpecs>(
  options: S,
  argv: readonly string[],
  settings: ParseSettings = {},
): Parsed<S> {
  const hint = settings.helpCommand ?? "run with --help for every option";
  const keyOf = new Map(Object.entries(options).map(([key, spec]) => [flagOf(key, spec), key]));
  const { tokens } = parseArgs({
    args: withoutFirstTerminator(argv),
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([key, option]) => [flagOf(key, option), {
        type: option.type === "boolean" ? "boolean" as const : "string" as const,
        ...(option.short ? { short: option.short } : {}),
      }]),
    ),
  });

  const values: Record<string, OptionValue | undefined> = {};
  const sources: Record<string, OptionSource> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value: text, inlineValue } = token;
    const source = { name: rawName, hint };
    const key = keyOf.get(name);
    const option = key === undefined ? undefined : options[key];
    if (key === undefined || option === undefined) {
      const negated = name.startsWith("no-") ? keyOf.get(name.slice(3)) : undefined;
      if (negated !== undefined && options[negated]!.type === "boolean" && text === undefined) {
        values[negated] = false;
        sources[negated] = "flag";
        continue;
      }
      const close = nearest(name, [...keyOf.keys(), "help", "version"]);
      throw cannot("E-USAGE", {
        do: "read option",
        thing: rawName,
        is: "no option of this script",
        expected: close ? `an option such as --${close}, the nearest` : "one that --help lists",
        hint,
      });
    }
    if (option.type === "boolean") {
      values[key] = text === undefined ? true : readValue(text, option, source);
    } else {
      // "--out --quiet" is a forgotten value; "--shift -3" is a number.
      if (text === undefined || (!inlineValue && /^--?[a-z]/i.test(text))) {
        throw cannot("E-USAGE", {
          do: "read option",
          thing: rawName,
          is: text === undefined ? "given without a value" : `followed by the flag ${text}`,
          expected: `a value, ${rawName} ${option.placeholder ?? `<${option.type}>`}`,
          hint,
        });
      }
      const read = option.type === "list"
        ? readList(text, option, source)
        : readValue(text, option, source);
      values[key] = option.type === "list" && sources[key] === "flag"
        ? [...values[key] as string[], ...read as string[]]
        : read as OptionValue;
    }
    sources[key] = "flag";
  }

  for (const [key, option] of Object.entries(options)) {
    if (sources[key]) continue;
    const text = option.env === undefined ? undefined : environmentValue(option.env);
    sources[key] = text === undefined ? "default" : "environment";
    values[key] = text === undefined
      ? defaultOf(option)
      : readValue(text, option, { name: option.env!, hint });
    if (option.required && sources[key] === "default") {
      throw cannot("E-USAGE", {
        do: "read option",
        thing: `--${flagOf(key, option)}`,
        is: "not given",
        expected: asPhrase(option.description),
        hint,
      });
    }
  }
  checkPositionals(positionals, settings, hint);
  return {
    values: values as OptionValues<S>,
    sources: sources as Record<keyof S, OptionSource>,
    positionals,
  };
}
