/**
 * The file of token rows that a summary read, for the text around its examples.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { type InputFile, inputFile } from "../../store/run/run_record.ts";

/** The file, or why there is none. */
export type RowsFile =
  | { readonly file: InputFile; readonly missing?: undefined }
  | { readonly file?: undefined; readonly missing: string };

/**
 * Finds the rows by the run's record, or takes those given.
 *
 * @throws {NeuriteError} E-TOKENS when a given file is not the one that the summary read.
 */
export async function findRowsFile(
  { record, directory }: FinishedRun,
  given?: string,
): Promise<RowsFile> {
  const read = record.inputs.find(({ name }) => name === "tokens");
  if (given !== undefined) {
    const file = await inputFile("tokens", given);
    if (file.sha256 === read?.sha256) return { file };
    throw cannot("E-TOKENS", {
      do: "show examples from",
      thing: given,
      is: `rows of sha256 ${file.sha256.slice(0, 12)}`,
      expected: `the rows that the summary in ${directory} read, sha256 ${
        read?.sha256.slice(0, 12) ?? "not recorded"
      }`,
      hint: "give the --tokens of un:summary, or run un:summary on these rows",
    });
  }
  const info = read && await Deno.stat(read.path).catch(() => undefined);
  if (!read || !info?.isFile) {
    return { missing: "the rows that un:summary read are not where they were" };
  }
  const file = await inputFile("tokens", read.path);
  if (file.sha256 === read.sha256) return { file };
  return { missing: "the rows that un:summary read were changed since" };
}
