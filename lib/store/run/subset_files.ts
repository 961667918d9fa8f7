import { cannot } from "../../errors.ts";
import { join } from "node:path";
import type { FinishedRun } from "./read_run.ts";

/** A part of the corpus and the file of its arrays, without `.safetensors`. */
export interface SubsetFile {
  readonly name: string;
  readonly file: string;
}

/**
 * The parts of a labelled corpus that a run has, by name, as `subsets` of its summary.json says; none where
 * rows had no labels.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT when the summary names a file that is no output of the run.
 */
export async function subsetFiles(run: FinishedRun): Promise<SubsetFile[]> {
  const { subsets } = await run.summary();
  if (typeof subsets !== "object" || subsets === null || Array.isArray(subsets)) return [];
  const outputs = new Set(run.record.outputs.map(({ path }) => path));
  return Object.entries(subsets).map(([name, value]) => {
    const file = (value as { file?: unknown } | null)?.file;
    if (typeof file === "string" && outputs.has(`${file}.safetensors`)) return { name, file };
    throw cannot("E-FILE-CORRUPT", {
      do: "read subset",
      thing: name,
      is: `named in ${join(run.directory, "summary.json")} with file ${
        JSON.stringify(file ?? null)
      }`,
      expected: "an output of the run",
      hint: "run the script that made it again with --force",
    });
  });
}
