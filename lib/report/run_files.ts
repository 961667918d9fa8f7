/**
 * Small files of a finished run, read only as they were written.
 *
 * @module
 */
import { join } from "node:path";
import type { FinishedRun } from "../store/run/read_run.ts";
import { outputFault } from "../store/run/step.ts";

/** A file's text, or why it cannot be used; undefined where the run has no such file. */
export type FileText = { readonly text: string } | { readonly fault: string } | undefined;

/** Reads a text of a run that is at most so many bytes long. */
export async function readSmallText(
  { directory, record }: FinishedRun,
  path: string,
  mostBytes: number,
): Promise<FileText> {
  const output = record.outputs.find((one) => one.path === path);
  if (!output) return undefined;
  if (output.bytes > mostBytes) {
    return { fault: `${path} has ${output.bytes} bytes, more than ${mostBytes}` };
  }
  const fault = await outputFault(directory, output);
  if (fault !== undefined) return { fault };
  return { text: await Deno.readTextFile(join(directory, path)) };
}
