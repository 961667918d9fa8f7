/**
 * Finished runs that neurons are chosen by.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import type { InputFile } from "../../store/run/run_record.ts";
import { readSourceRun } from "../../store/run/source_run.ts";

/** The scripts whose tables are read. */
export type TraitSource = "weights" | "summary";

/**
 * Opens a run of `un:weights` or `un:summary` of the same model.
 *
 * @param model the model's files, as `Session.inputs()` gives them.
 * @throws {NeuriteError} as `readSourceRun`, and E-USAGE for another model's run.
 */
export async function openTraits(
  directory: string,
  source: TraitSource,
  model: readonly InputFile[],
): Promise<FinishedRun> {
  const command = `deno task un:${source} --model MODEL --out ${directory}`;
  const run = await readSourceRun(directory, { script: `universal_neurons/${source}`, command });
  const hashes = (files: readonly InputFile[]) =>
    files.filter(({ name }) => name.startsWith("model/")).map(({ name, sha256 }) => name + sha256)
      .sort().join();
  if (hashes(run.record.inputs) === hashes(model)) return run;
  throw cannot("E-USAGE", {
    do: "choose neurons by",
    thing: run.directory,
    is: "a run of another model",
    expected: "a run of the same --model",
    hint: command,
  });
}
