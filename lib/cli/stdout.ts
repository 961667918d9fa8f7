/**
 * Data on stdout.
 *
 * @module
 */

/** Raised when the reader of stdout has gone, as `| head` does. */
export class StdoutClosed extends Error {
  override readonly name = "StdoutClosed";
}

/** Writes text to stdout, all of it, before it returns. */
export async function writeStdout(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new StdoutClosed("stdout is closed");
    throw error;
  }
}
