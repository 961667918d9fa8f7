/**
 * Errors as people see them, and the exit codes they end with.
 *
 * @module
 */
import { NeuriteError } from "../errors.ts";
import { explainSystemError } from "../system_errors.ts";
import { VERSION } from "../version.ts";
import type { Log } from "./log.ts";
import { StdoutClosed } from "./stdout.ts";
import { visible } from "./terminal_table.ts";

// 128 + SIGPIPE, as the shell reports a writer whose reader has gone.
const BROKEN_PIPE_EXIT = 141;

function explain(error: unknown): NeuriteError | undefined {
  if (error instanceof NeuriteError) return error;
  if (!(error instanceof Error)) return undefined;
  const refused = /access to "([^"]+)"/.exec(error.message)?.[1];
  if (refused !== undefined) return explainSystemError(error, { do: "access", thing: refused });
  // Deno ends such messages with the path; without it the stack says more than we could.
  const path = /'([^']+)'$/.exec(error.message)?.[1];
  const isFull = /^(ENOSPC|EDQUOT)$/.test((error as { code?: string }).code ?? "");
  if (path === undefined && !isFull) return undefined;
  return explainSystemError(error, { do: "use", thing: path ?? "the disk" });
}

/** The exit code of an error that left main. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof StdoutClosed) return BROKEN_PIPE_EXIT;
  return explain(error)?.exitCode ?? 1;
}

/**
 * Tells people of an error: `error[E-CODE] Cannot …` on one line, and its hint. One that was not
 * foreseen comes with its stack and a line that asks to report it.
 */
export function reportError(log: Log, error: unknown): void {
  log.live("");
  if (error instanceof StdoutClosed) return;
  const known = explain(error);
  if (known) {
    log.line(`${log.paint(`error[${known.code}]`, "1;31")} ${visible(known.message)}`);
    log.line(`${log.paint("Hint:", "1")} ${known.hint}`);
    return;
  }
  log.line(`${log.paint("error", "1;31")} ${stackOf(error)}`);
  log.line(
    `${log.paint("Hint:", "1")} this was not foreseen; please report it with the lines above ` +
      `(neurite ${VERSION}, Deno ${Deno.version.deno}, ${Deno.build.target})`,
  );
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `a value was thrown: ${Deno.inspect(error)}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}
