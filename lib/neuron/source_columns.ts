/**
 * What finished runs say of a model's neurons, for whatever is made of them next.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import type { FinishedRun } from "../store/run/read_run.ts";
import type { InputFile } from "../store/run/run_record.ts";

/** Columns by name, as a table has them. */
export type SourceColumns = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * The columns of a run's table `neurons`, one row a neuron.
 *
 * @param names those that must be there; others may be too.
 * @throws {NeuriteError} E-FILE-CORRUPT for a table without one of them; the errors of the file.
 */
export async function neuronColumns(
  run: FinishedRun,
  names: readonly string[],
): Promise<SourceColumns> {
  const { columns } = await run.table("neurons");
  const missing = names.find((name) => !Object.hasOwn(columns, name));
  if (missing === undefined) return columns;
  throw cannot("E-FILE-CORRUPT", {
    do: "read table",
    thing: `${run.directory}/tables/neurons.parquet`,
    is: `columns ${Object.keys(columns).join(", ")}`,
    expected: `one named ${missing}`,
    hint: "run the script that made it again",
  });
}

/**
 * The names and sha256s of a model's files as one text, the same for every run of one model.
 *
 * @param inputs of a run's record, or of a session.
 * @returns undefined where no model is among them.
 */
export function modelFingerprint(inputs: readonly InputFile[]): string | undefined {
  const files = inputs.filter(({ name }) => name.startsWith("model/"));
  if (files.length === 0) return undefined;
  return files.map(({ name, sha256 }) => `${name} ${sha256}`).sort().join();
}
