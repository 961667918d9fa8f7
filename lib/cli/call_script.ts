/**
 * A script run by another script, in the same process.
 *
 * @module
 */
import { people } from "./log.ts";
import type { ScriptMeta } from "./meta.ts";
import type { OptionSpecs } from "./options.ts";
import { scriptContext, type ScriptMain, type ScriptResult } from "./script.ts";

/** What every script's file exports. */
export interface ScriptParts<S extends OptionSpecs> {
  readonly meta: ScriptMeta;
  readonly options: S;
  readonly main: ScriptMain<S>;
}

/** A script that can be run with a command line. */
export interface CallableScript {
  readonly meta: ScriptMeta;
  /**
   * Runs it without notes and progress; nothing is printed on stdout.
   *
   * @throws {NeuriteError} E-USAGE for the command line, and whatever the script throws.
   */
  call(argv: readonly string[], signals: { readonly signal: AbortSignal }): Promise<ScriptResult>;
}

/**
 * Makes a script's exports callable by another script.
 *
 * @example Usage
 * ```ts
 * import { callable } from "neurite/lib/cli/call_script.ts";
 * import { defineOptions } from "neurite/lib/cli/options.ts";
 *
 * const script = callable({
 *   meta: { id: "example", title: "Example", question: "What is twice n?" },
 *   options: defineOptions({ n: { type: "integer", default: 1, description: "n." } }),
 *   main: ({ options }) => ({ data: { twice: 2 * options.n } }),
 * });
 * const { data } = await script.call(["--n", "21"], new AbortController());
 * if (data?.twice !== 42) throw new Error("unreachable");
 * ```
 */
export function callable<const S extends OptionSpecs>(
  { meta, options, main }: ScriptParts<S>,
): CallableScript {
  return {
    meta,
    async call(argv, signals) {
      const context = scriptContext(meta, options, argv, signals);
      const { quiet } = people;
      people.quiet = true;
      // run.json says how many warnings the script itself gave.
      people.forgetWarnings();
      try {
        return await main(context) ?? {};
      } finally {
        people.quiet = quiet;
      }
    },
  };
}
