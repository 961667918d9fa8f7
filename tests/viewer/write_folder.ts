/**
 * Viewer folders of invented models, whole or spoilt.
 *
 * @module
 */
import { join } from "node:path";
import { dataFile, dataPath } from "../../lib/viewer/build/data_file.ts";
import { viewerFiles } from "../../lib/viewer/bundle.ts";
import type { DataName, ViewerNeuron } from "../../lib/viewer/format.ts";
import type { Synthetic } from "./synthetic.ts";

/** What is left out of a folder, or spoilt. */
export interface FolderOptions {
  readonly shards?: readonly number[];
  readonly shape?: (neuron: ViewerNeuron) => ViewerNeuron;
  /** Text in place of a file of data. */
  readonly spoilt?: Readonly<Partial<Record<DataName, string>>>;
}

/** Writes a viewer folder. */
export async function writeFolder(
  folder: string,
  synthetic: Synthetic,
  { shards, shape, spoilt = {} }: FolderOptions = {},
): Promise<void> {
  const { model, tokens } = synthetic;
  const neurons = model.layers * model.width;
  await Deno.mkdir(join(folder, "data"), { recursive: true });
  const write = (path: string, text: string) => Deno.writeTextFile(join(folder, path), text);
  const data = (name: DataName, value: unknown) =>
    write(dataPath(name), spoilt[name] ?? dataFile(name, value));
  for (const [name, text] of Object.entries(viewerFiles())) await write(name, text);
  await data("model", model);
  await data("tokens", tokens);
  for (const { name } of model.columns) {
    const values = Array.from({ length: neurons }, (_, neuron) => synthetic.value(name, neuron));
    await data(`column-${name}`, values);
  }
  for (const place of shards ?? Array.from({ length: synthetic.shards }, (_, k) => k)) {
    await data(`shard-${place}`, synthetic.shard(place, shape));
  }
}
