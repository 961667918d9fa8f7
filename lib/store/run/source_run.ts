/**
 * Finished runs that another script starts from.
 *
 * @module
 */
import { join } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { FinishedRun, readRun } from "./read_run.ts";
import type { InputFile } from "./run_record.ts";
import { outputFault } from "./step.ts";

/** Which run is wanted. */
export interface WantedRun {
  /** The script that makes it: `"greater_than/circuit_discovery"`. */
  readonly script: string;
  /** The command that makes it: `"deno task gt:circuit-discovery --model gpt2"`. */
  readonly command: string;
}

/**
 * Opens the finished run of a script.
 *
 * @throws {NeuriteError} E-FILE-MISSING when the folder holds no finished run or another script's,
 * with the command that makes it; E-FILE-CORRUPT when a file of it is not as it was written.
 */
export async function readSourceRun(
  directory: string,
  { script, command }: WantedRun,
): Promise<FinishedRun> {
  const missing = (thing: string, is: string, cause?: unknown) =>
    cannot("E-FILE-MISSING", {
      do: "read run",
      thing,
      is,
      expected: `the folder of a finished run of ${script}`,
      hint: `${command} makes it; --out says where`,
      cause,
    });
  const run = await readRun(directory).catch((error: unknown) => {
    const absent = error instanceof NeuriteError && error.code === "E-FILE-MISSING";
    throw absent ? missing(directory, "no run.json, so no finished run", error) : error;
  });
  if (run.record.script !== script) {
    throw missing(run.directory, `a run of ${run.record.script}`);
  }
  for (const output of run.record.outputs.filter(({ path }) => isResult(path))) {
    const fault = await outputFault(run.directory, output);
    if (fault === undefined) continue;
    throw cannot("E-FILE-CORRUPT", {
      do: "read run",
      thing: run.directory,
      is: fault,
      expected: "its files as they were written",
      hint: `run ${command} again; it mends what was changed`,
    });
  }
  return run;
}

/** The files of a run that hold results, as inputs of the run that reads them. */
export function sourceFiles(name: string, { directory, record }: FinishedRun): InputFile[] {
  return record.outputs.filter(({ path }) => isResult(path)).map(({ path, bytes, sha256 }) => ({
    name: `${name}/${path}`,
    path: join(directory, path),
    bytes,
    sha256,
  }));
}

/** Whether two runs read the same files under names that start alike, such as `model/`. */
export function haveSameInputs(a: FinishedRun, b: FinishedRun, start: string): boolean {
  const hashes = ({ record }: FinishedRun) =>
    record.inputs.filter(({ name }) => name.startsWith(start))
      .map(({ name, sha256 }) => `${name} ${sha256}`).sort().join();
  return hashes(a) === hashes(b);
}

/** Pictures are made from results; what is made from both would be made twice. */
function isResult(path: string): boolean {
  return !path.startsWith("figures/") && path !== "report.html";
}
