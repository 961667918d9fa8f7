/**
 * The one error class of the suite. It stands at the root of `lib/` because every room speaks it.
 *
 * @module
 */
import { ERROR_CODES, type ErrorCode } from "./error_codes.ts";

export { ERROR_CODES, type ErrorCode };

/** What {@linkcode cannot} needs to say: the parts of the message grammar. */
export interface Complaint {
  /** The verb: `"read"`, `"start"`, `"write hook"`. */
  do: string;
  /** The thing it was done to: a path, a hook, an option. Quoted in the message. */
  thing: string;
  /** What the thing is now, with numbers and units. */
  is: string;
  /** What it should have been. */
  expected: string;
  /** The next command or step that mends it. */
  hint: string;
  /** The error underneath, if there is one. */
  cause?: unknown;
}

/**
 * A failure reported on purpose: a stable code, a message in the suite's grammar and a hint.
 *
 * @example Usage
 * ```ts
 * import { cannot, NeuriteError } from "neurite/lib/errors.ts";
 *
 * const error = cannot("E-HOOK", {
 *   do: "read hook",
 *   thing: "blocks.3.mlp.hook_pots",
 *   is: "no hook of this model",
 *   expected: 'a name of the hook table, nearest is "blocks.3.mlp.hook_post"',
 *   hint: "deno task forward --list-hooks",
 * });
 * if (!(error instanceof NeuriteError) || error.exitCode !== 2) throw new Error("unreachable");
 * ```
 */
export class NeuriteError extends Error {
  override readonly name = "NeuriteError";
  /** The stable code, listed in docs/errors.md. */
  readonly code: ErrorCode;
  /** The step that mends it. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }

  /** The exit code a script ends with. */
  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}

/** Builds a {@linkcode NeuriteError}: `Cannot <do> "<thing>": <is>, expected <expected>`. */
export function cannot(code: ErrorCode, complaint: Complaint): NeuriteError {
  const { do: verb, thing, is, expected, hint, cause } = complaint;
  return new NeuriteError(
    code,
    `Cannot ${verb} "${thing}": ${is}, expected ${expected}`,
    hint,
    cause,
  );
}
