/**
 * Whether a step was already done.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { NeuriteError } from "../../errors.ts";
import { sha256File } from "../hash.ts";
import { type OutputFile, readRecord, type RunRecord } from "./run_record.ts";

/** Settings of {@linkcode isComplete}. */
export interface CompleteOptions {
  /**
   * `"quick"` (when not said) trusts a file whose length and time are the recorded ones and hashes
   * the others (a copied folder); `"full"` hashes every file.
   */
  readonly verify?: "quick" | "full";
}

/** What {@linkcode isComplete} found. */
export type Completeness =
  | { readonly complete: true; readonly record: RunRecord }
  | { readonly complete: false; readonly reason: string };

/** What is wrong with an output of a finished run, or undefined. */
export async function outputFault(
  directory: string,
  output: OutputFile,
  verify: "quick" | "full" = "quick",
): Promise<string | undefined> {
  const path = join(directory, output.path);
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch {
    return `${output.path} is missing`;
  }
  if (!info.isFile) return `${output.path} is no file`;
  if (info.size !== output.bytes) {
    return `${output.path} has ${info.size} bytes, recorded were ${output.bytes}`;
  }
  const isUntouched = output.modified !== null && info.mtime?.getTime() === output.modified;
  if (verify === "quick" && isUntouched) return undefined;
  const { sha256 } = await sha256File(path);
  return sha256 === output.sha256 ? undefined : `${output.path} was changed (another sha256)`;
}

/**
 * Whether a folder holds a finished run of this identity whose every output is as it was recorded.
 * When not, the reason is a short phrase for people.
 *
 * @param identity the hash of `identityHash`.
 *
 * @example Usage
 * ```ts
 * import { isComplete } from "neurite/lib/store/run/step.ts";
 *
 * const found = await isComplete("cache/results/no-such-run", "0".repeat(64));
 * if (found.complete || found.reason !== "not finished before") throw new Error("unreachable");
 * ```
 */
export async function isComplete(
  directory: string,
  identity: string,
  options: CompleteOptions = {},
): Promise<Completeness> {
  const folder = resolve(directory);
  let record: RunRecord | undefined;
  try {
    record = await readRecord(folder);
  } catch (error) {
    if (!(error instanceof NeuriteError) || error.code !== "E-FILE-CORRUPT") throw error;
    return { complete: false, reason: "run.json is damaged" };
  }
  if (!record) return { complete: false, reason: "not finished before" };
  if (record.identity !== identity) {
    return { complete: false, reason: "finished with other options, inputs or version" };
  }
  for (const output of record.outputs) {
    const fault = await outputFault(folder, output, options.verify);
    if (fault !== undefined) return { complete: false, reason: fault };
  }
  return { complete: true, record };
}
