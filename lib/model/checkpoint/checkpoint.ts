/**
 * The tensors of a model directory, whichever of the Hub's four layouts it has.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { quote } from "../../store/format/quote.ts";
import { fileError, openRangeFile } from "../../store/format/range_file.ts";
import { openSafetensors } from "../../store/format/safetensors.ts";
import { missingShard, readShardIndex } from "./shards.ts";
import type { TensorFile } from "./tensor_file.ts";
import { openTorchFile } from "./torch.ts";

/** Preference order: safetensors before pickles, one file before many. */
const LAYOUTS = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;

/** An open checkpoint. */
export interface Checkpoint extends AsyncDisposable {
  /** Absolute paths of the files the tensors are read from, and of the index if there is one. */
  readonly files: string[];
  /** The tensors' names, as they stand in the files. */
  names(): string[];
  /**
   * Extent of each axis.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for a name that is not there, naming the nearest.
   */
  shape(name: string): readonly number[];
  /** Reads one tensor as float32, and only its bytes. The array is the caller's own. */
  read(name: string): Promise<Float32Array>;
  /** Closes the files. */
  close(): Promise<void>;
}

/**
 * Opens the checkpoint in a directory: `model.safetensors`, else its sharded form, else
 * `pytorch_model.bin`, else its sharded form.
 *
 * @throws {NeuriteError} `E-FILE-MISSING` when there is none or a shard is missing, `E-CHECKPOINT`,
 * `E-SAFETENSORS`, `E-PICKLE` when a file is damaged, and `E-FILE-PERMISSION`.
 *
 * @example Usage
 * ```ts
 * import { openCheckpoint } from "neurite/lib/model/checkpoint/checkpoint.ts";
 *
 * await using checkpoint = await openCheckpoint("cache/models/tiny-gpt2-a");
 * const bias = await checkpoint.read("transformer.ln_f.bias");
 * if (bias.length !== checkpoint.shape("transformer.ln_f.bias")[0]) throw new Error("unreachable");
 * ```
 */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const folder = resolve(directory);
  const layout = await chooseLayout(folder);
  const path = join(folder, layout);
  if (!layout.endsWith(".index.json")) {
    const file = await openTensorFile(path);
    return new OpenCheckpoint([path], new Map(file.names().map((name) => [name, file])), folder);
  }
  const shards = await readShardIndex(path);
  const tensors = new Map<string, TensorFile>();
  await using opened = new AsyncDisposableStack();
  for (const [shard, names] of shards) {
    const file = await openTensorFile(shard).catch((error) => {
      throw missingShard(shard, path, error);
    });
    opened.defer(() => file.close());
    const held = new Set(file.names());
    for (const name of names) {
      if (!held.has(name)) throw noTensor(shard, name, held);
      tensors.set(name, file);
    }
  }
  opened.move();
  return new OpenCheckpoint([path, ...shards.keys()], tensors, folder);
}

class OpenCheckpoint implements Checkpoint {
  readonly files: string[];
  readonly #tensors: ReadonlyMap<string, TensorFile>;
  readonly #folder: string;

  constructor(files: string[], tensors: ReadonlyMap<string, TensorFile>, folder: string) {
    this.files = files;
    this.#tensors = tensors;
    this.#folder = folder;
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#file(name).shape(name);
  }

  async read(name: string): Promise<Float32Array> {
    return await this.#file(name).read(name);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(this.#tensors.values())].map((file) => file.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #file(name: string): TensorFile {
    const file = this.#tensors.get(name);
    if (!file) throw noTensor(this.#folder, name, this.#tensors.keys());
    return file;
  }
}

async function chooseLayout(folder: string): Promise<typeof LAYOUTS[number]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    throw fileError(folder, error);
  }
  const layout = LAYOUTS.find((name) => names.includes(name));
  if (layout) return layout;
  const partial = names.find((name) => /\.(incomplete|part|tmp|crdownload)$/.test(name));
  throw cannot("E-FILE-MISSING", {
    do: "read",
    thing: folder,
    is: partial ? `a download still under way (${quote(partial)})` : `no checkpoint`,
    expected: `one of ${LAYOUTS.join(", ")}`,
    hint: "fetch the model: deno task fetch-model",
  });
}

async function openTensorFile(path: string): Promise<TensorFile> {
  await refuseStandIn(path);
  if (!path.endsWith(".safetensors")) return await openTorchFile(path);
  const file = await openSafetensors(path);
  return {
    path: file.path,
    names: () => file.names(),
    shape: (name) => file.info(name).shape,
    read: async (name) => (await file.readFloat32(name)).data,
    close: () => file.close(),
  };
}

/** Refuses what often stands where a checkpoint should: nothing, or a page that points to it. */
async function refuseStandIn(path: string): Promise<void> {
  await using file = await openRangeFile(path);
  const start = new Uint8Array(Math.min(64, file.size));
  await file.readInto(start, 0);
  const text = new TextDecoder().decode(start);
  const refuse = (is: string, hint: string) =>
    cannot("E-FILE-CORRUPT", { do: "read", thing: path, is, expected: "a checkpoint", hint });
  if (file.size === 0) throw refuse("0 bytes", "fetch the file again; the last try left nothing");
  if (text.startsWith("version https://git-lfs")) {
    throw refuse("a git-lfs pointer", "run git lfs pull in the folder of the model");
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw refuse("a web page", "fetch the file itself, not the page about it");
  }
}

function noTensor(thing: string, name: string, names: Iterable<string>): NeuriteError {
  const close = nearest(name, names);
  return cannot("E-CHECKPOINT", {
    do: "read",
    thing,
    is: `without tensor ${quote(name)}`,
    expected: close === undefined ? "that tensor" : `that tensor, nearest is ${quote(close)}`,
    hint: "check that config.json and the weights belong to one model",
  });
}
