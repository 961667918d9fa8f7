/**
 * What every script is: a description, options, and a function. All the rest (help, errors, signals,
 * exit codes, stdout) is here.
 *
 * @module
 */
import type { NeuriteError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { helpText } from "./help.ts";
import { people } from "./log.ts";
import { commandLine, commandOf, type ScriptMeta } from "./meta.ts";
import type { OptionSpecs, OptionValues } from "./options.ts";
import { type OptionSource, parseOptions } from "./parse.ts";
import { recordedOptions, type RecordedValue, resultOptions } from "./recorded_options.ts";
import { exitCodeOf, reportError } from "./report.ts";
import { watchSignals } from "./signals.ts";
import { writeStdout } from "./stdout.ts";
import type { OptionValue } from "./values.ts";

/** What main is given. */
export interface ScriptContext<S extends OptionSpecs> {
  /** Every option's value. */
  readonly options: OptionValues<S>;
  /** Where each value came from, for run.json. */
  readonly sources: Readonly<Record<keyof S, OptionSource>>;
  /** Every value with its source, as run.json keeps it. */
  readonly recorded: Readonly<Record<string, RecordedValue>>;
  /** The values that can change a result, for the run's identity. Add the device that was taken. */
  readonly resultOptions: Readonly<Record<string, OptionValue>>;
  /** Arguments without a flag. */
  readonly positionals: readonly string[];
  /** What the script said about itself. */
  readonly meta: ScriptMeta;
  /** The command line as it came. */
  readonly argv: readonly string[];
  /**
   * Aborted by the first SIGTERM, SIGUSR1 or SIGINT, with an E-STOPPED error as its reason: finish
   * the batch, save, and throw it (`signal.throwIfAborted()`). A script that never reads this
   * property is ended at once.
   */
  readonly signal: AbortSignal;
}

/** What main may give back. */
export interface ScriptResult {
  /**
   * The one document printed with `--json`, JSON values only; `schema` is put before it. NaN and the
   * infinities become strings. When absent, as in most plans of `--dry-run`, it holds the text.
   */
  readonly data?: Readonly<Record<string, unknown>>;
  /** What stdout gets without `--json`. */
  readonly text?: string;
  /** A failure to report after the output, such as E-CHECK. */
  readonly failure?: NeuriteError;
}

/** The experiment itself. */
export type ScriptMain<S extends OptionSpecs> = (
  context: ScriptContext<S>,
) => Promise<ScriptResult | void> | ScriptResult | void;

/** The version of the `--json` documents; raised when a field changes its meaning. */
const JSON_SCHEMA_VERSION = 1;

function jsonDocument(meta: ScriptMeta, { text, data = { text } }: ScriptResult): string {
  const schema = `neurite.${meta.id.replaceAll("/", ".")}/${JSON_SCHEMA_VERSION}`;
  // JSON has no NaN and no infinities; null would hide them.
  const explicit = (_key: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify({ schema, ...data }, explicit, 2) + "\n";
}

/** Reads the command line of a script into what its main is given. */
export function scriptContext<const S extends OptionSpecs>(
  meta: ScriptMeta,
  options: S,
  argv: readonly string[],
  signals: { readonly signal: AbortSignal },
): ScriptContext<S> {
  const { values, sources, positionals } = parseOptions(options, argv, {
    helpCommand: `${commandOf(meta)} -- --help`,
    ...(meta.positionals ? { positionals: meta.positionals } : {}),
  });
  return {
    options: values,
    sources,
    recorded: recordedOptions(values, sources),
    resultOptions: resultOptions(options, values),
    positionals,
    meta,
    argv,
    get signal() {
      return signals.signal;
    },
  };
}

/** Runs a script and returns its exit code; {@linkcode runScript} without the end of the process. */
export async function executeScript<const S extends OptionSpecs>(
  meta: ScriptMeta,
  options: S,
  main: ScriptMain<S>,
  argv: readonly string[],
): Promise<number> {
  using signals = watchSignals(people, commandLine(meta, argv));
  try {
    if (argv.some((word) => word === "--help" || word === "-h")) {
      await writeStdout(helpText(meta, options));
      return 0;
    }
    if (argv.includes("--version")) {
      await writeStdout(`neurite ${VERSION} ${meta.id}\n`);
      return 0;
    }
    const context = scriptContext(meta, options, argv, signals);
    const flags = context.options as Record<string, unknown>;
    people.quiet = flags.quiet === true;
    const result = await main(context) ?? {};
    await writeStdout(flags.json === true ? jsonDocument(meta, result) : result.text ?? "");
    if (result.failure) throw result.failure;
    return 0;
  } catch (error) {
    if (signals.received && isStop(error, signals.signal)) {
      reportError(people, error);
      return signals.exitCode;
    }
    reportError(people, error);
    return exitCodeOf(error);
  }
}

function isStop(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason ||
    (error as { code?: unknown } | null)?.code === "E-STOPPED" ||
    (error instanceof DOMException && error.name === "AbortError");
}

/**
 * Runs a script and ends the process with its exit code. `--help`, `--version`, errors in the
 * suite's grammar, signals, `--quiet` and `--json` are taken care of.
 *
 * A script calls it at its end:
 *
 * ```ts ignore
 * if (import.meta.main) await runScript(meta, options, main);
 * ```
 */
export async function runScript<const S extends OptionSpecs>(
  meta: ScriptMeta,
  options: S,
  main: ScriptMain<S>,
): Promise<never> {
  Deno.exit(await executeScript(meta, options, main, Deno.args));
}
