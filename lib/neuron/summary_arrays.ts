/**
 * Arrays of a finished run or of a folder of the original's, one at a time.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../array.ts";
import type { FinishedRun } from "../store/run/read_run.ts";
import type { OriginalFolder } from "./table/original_arrays.ts";

/** Arrays by name, each read when it is asked for: together they may have gigabytes. */
export interface SummaryArrays<Name extends string> {
  /** The file or folder, absolute. */
  readonly path: string;
  /** Names of the arrays that are there. */
  readonly names: readonly Name[];
  /**
   * Reads an array, `[L·F, …]` where neurons have rows; float16 comes as float32.
   *
   * @throws {NeuriteError} E-SAFETENSORS or E-FILE-MISSING for an array that is not there; the errors of
   * the file.
   */
  read(name: Name): Promise<HostArray>;
}

/** The arrays of a file of a run; `file` is its name without `.safetensors`. */
export async function arraysOfRun<Name extends string>(
  run: FinishedRun,
  file = "arrays",
): Promise<SummaryArrays<Name>> {
  await using opened = await run.openArrays(file);
  return {
    path: join(run.directory, `${file}.safetensors`),
    names: opened.names() as Name[],
    async read(name) {
      await using again = await run.openArrays(file);
      return await again.read(name);
    },
  };
}

/** The arrays of a folder that the original release wrote, under this suite's names. */
export function arraysOfOriginal<Name extends string>(folder: OriginalFolder): SummaryArrays<Name> {
  return {
    path: folder.directory,
    names: folder.names() as Name[],
    read: (name) => folder.read(name),
  };
}
