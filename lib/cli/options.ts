/**
 * What an option of a script is, and the type of its value.
 *
 * @module
 */

/** What every kind of option says about itself. */
export interface OptionBase {
  /** One sentence for `--help`. */
  readonly description: string;
  /** Unit of the value: `"tokens"`, `"prompts"`. */
  readonly unit?: string;
  /** What the paper used. */
  readonly paper?: string | number;
  /** Environment variable read when the flag is absent and the permission is there. */
  readonly env?: string;
  /** One letter: `"o"` for `-o`. */
  readonly short?: string;
  /** The flag without dashes, where kebab case of the key is not wanted. */
  readonly flag?: string;
  /** What stands for the value in `--help`: `"i/n"`. */
  readonly placeholder?: string;
  /** True when the flag (or its variable) must be given. */
  readonly required?: boolean;
  /**
   * Whether the value can change a result (`"result"`) or only where and how the script runs
   * (`"run"`). Only the former enter a step's identity. Paths default to `"run"`: what counts of
   * a file is its sha256. All others default to `"result"`.
   */
  readonly affects?: "result" | "run";
}

/** Text. */
export interface StringOption extends OptionBase {
  readonly type: "string";
  readonly default?: string;
  /** What the whole text must match. */
  readonly pattern?: RegExp;
}

/** A finite number (`number`) or a safe integer (`integer`). */
export interface NumberOption extends OptionBase {
  readonly type: "number" | "integer";
  readonly default?: number;
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
}

/** `--flag` or `--no-flag`; false when absent. */
export interface BooleanOption extends OptionBase {
  readonly type: "boolean";
  readonly default?: boolean;
}

/** One of a few words. */
export interface ChoiceOption extends OptionBase {
  readonly type: "choice";
  readonly choices: readonly string[];
  readonly default?: string;
}

/** A file or folder; the value is absolute. */
export interface PathOption extends OptionBase {
  readonly type: "path";
  readonly default?: string;
}

/** A size such as `4G`; the value is in bytes. */
export interface BytesOption extends OptionBase {
  readonly type: "bytes";
  readonly default?: string;
}

/** Words separated by commas; the flag may be repeated. */
export interface ListOption extends OptionBase {
  readonly type: "list";
  /** What each element is; string when not said. */
  readonly of?: "string" | "integer" | "number" | "path";
  readonly default?: readonly (string | number)[];
  /** The words allowed, for a list of strings. */
  readonly choices?: readonly string[];
}

/** One option of any kind. */
export type OptionSpec =
  | StringOption
  | NumberOption
  | BooleanOption
  | ChoiceOption
  | PathOption
  | BytesOption
  | ListOption;

/** The options of a script by the names its code uses (camelCase). */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Given<O extends OptionSpec> = O extends { type: "choice"; choices: readonly (infer C)[] } ? C
  : O extends { type: "list" }
    ? O extends { of: "integer" | "number" } ? readonly number[] : readonly string[]
  : O extends { type: "boolean" } ? boolean
  : O extends { type: "number" | "integer" | "bytes" } ? number
  : string;

type IsAlwaysThere<O> = O extends { type: "boolean" | "list" } ? true
  : O extends { default: string | number } | { required: true } ? true
  : false;

/** The values of a set of options. An option that is neither required nor has a default may be undefined. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: IsAlwaysThere<S[K]> extends true ? Given<S[K]> : Given<S[K]> | undefined;
};

/**
 * Declares the options of a script; the type of their values follows from it.
 *
 * @example Usage
 * ```ts
 * import { defineOptions } from "neurite/lib/cli/options.ts";
 * import { parseOptions } from "neurite/lib/cli/parse.ts";
 *
 * const options = defineOptions({
 *   prompts: { type: "integer", default: 490, min: 1, unit: "prompts", paper: 490,
 *     description: "How many prompts to draw." },
 *   gelu: { type: "choice", choices: ["tanh", "erf"], default: "tanh", description: "Which GELU." },
 *   layers: { type: "list", of: "integer", description: "Layers to read; all when absent." },
 * });
 * const { values } = parseOptions(options, ["--prompts=12", "--layers", "0,3"]);
 * const sum: number = values.prompts + values.layers.length;
 * if (sum !== 14 || values.gelu !== "tanh") throw new Error("unreachable");
 * ```
 */
export function defineOptions<const S extends OptionSpecs>(options: S): S {
  return options;
}

/** The flag of an option without dashes: kebab case of its key, `model1` -> `model-1`. */
export function flagOf(key: string, option: OptionSpec): string {
  return option.flag ?? key
    .replace(/([a-z])([A-Z0-9])/g, "$1-$2")
    .replace(/([0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

/** Whether an option's value can change a result; see {@linkcode OptionBase.affects}. */
export function affectsResult(option: OptionSpec): boolean {
  const isPath = option.type === "path" || (option.type === "list" && option.of === "path");
  return (option.affects ?? (isPath ? "run" : "result")) === "result";
}
