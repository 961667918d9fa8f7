/**
 * Whether cached activations fit what is to be made of them.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import { modelFiles } from "../../model/model_files.ts";
import { type InputFile, inputFile } from "../../store/run/run_record.ts";
import type { Activations } from "./open_activations.ts";

/**
 * Checks that there is one activation a token.
 *
 * @param use what is done with them, in the error: `"explain"`.
 * @throws {NeuriteError} E-USAGE for aggregated ones.
 */
export function checkPerToken(
  { run, aggregation }: Pick<Activations, "run" | "aggregation">,
  use: string,
): void {
  if (aggregation === "none") return;
  throw cannot("E-USAGE", {
    do: `${use} the activations of`,
    thing: run.directory,
    is: `one value a row, its ${aggregation}`,
    expected: "one value a token",
    hint: "deno task un:activations with --aggregation none",
  });
}

/** A model's files beside those that activations were made with. */
export interface ComparedModel {
  /** As a run records them. */
  readonly inputs: readonly InputFile[];
  /** Name of the first that differs. */
  readonly differing?: string | undefined;
}

/** Compares the files of a model with those that activations were made with, by sha256. */
export async function compareModel(
  { run }: Pick<Activations, "run">,
  directory: string,
): Promise<ComparedModel> {
  const files = await modelFiles(directory);
  const inputs = await Promise.all(
    files.map((path) => inputFile(`model/${basename(path)}`, path)),
  );
  const made = new Map(run.record.inputs.map(({ name, sha256 }) => [name, sha256]));
  return { inputs, differing: inputs.find(({ name, sha256 }) => made.get(name) !== sha256)?.name };
}
