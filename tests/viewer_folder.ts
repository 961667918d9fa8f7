/**
 * A viewer folder read back, as the page reads it.
 *
 * @module
 */
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { DataName, ViewerModel, ViewerNeuron, ViewerShard } from "../lib/viewer/format.ts";

/** Reads a file of data, which has to be one call with a name and base64, and nothing else. */
export async function readData<T>(folder: string, name: DataName): Promise<T> {
  const text = await Deno.readTextFile(join(folder, "data", `${name}.js`));
  const [, called, base64] = /^neuriteData\("([a-z0-9_-]+)","([A-Za-z0-9+/=]+)"\);\n$/.exec(text) ??
    [];
  if (called !== name || base64 === undefined) {
    throw new TypeError(`Cannot read "${name}": ${text.slice(0, 60)}, expected a call with base64`);
  }
  return JSON.parse(gunzipSync(Uint8Array.fromBase64(base64)).toString()) as T;
}

/** Reads one neuron out of its shard. */
export async function readNeuron(folder: string, neuron: number): Promise<ViewerNeuron> {
  const { shardNeurons } = await readData<ViewerModel>(folder, "model");
  const shard = await readData<ViewerShard>(folder, `shard-${Math.floor(neuron / shardNeurons)}`);
  return shard[neuron % shardNeurons]!;
}
