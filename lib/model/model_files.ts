import { join, resolve } from "node:path";
import { openCheckpoint } from "./checkpoint/checkpoint.ts";
import { openTokenizer } from "./tokenizer.ts";

/**
 * The files that make a model what it is, absolute: configuration, weights, and the tokenizer where
 * there is one. Their hashes identify the model in run.json.
 *
 * @throws {NeuriteError} as {@linkcode openCheckpoint}.
 */
export async function modelFiles(directory: string): Promise<string[]> {
  await using checkpoint = await openCheckpoint(directory);
  const tokenizer = await openTokenizer(directory).then(({ files }) => files, () => []);
  return [resolve(join(directory, "config.json")), ...checkpoint.files, ...tokenizer];
}
