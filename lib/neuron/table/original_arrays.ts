/**
 * The original's `.pt` and `.npy` summaries under this suite's names and shapes.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { elementCount, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { openTorchArrays } from "../../model/checkpoint/torch_arrays.ts";
import { readNpy } from "../../store/format/npy.ts";
import { ORIGINAL_ARRAYS, type OriginalArray } from "./original_names.ts";

/** One folder of the original's: `pearson.none`, `weights`, or `activations/<dataset>`. */
export class OriginalFolder {
  /** Absolute path. */
  readonly directory: string;
  readonly #arrays: ReadonlyMap<string, OriginalArray>;

  /** Use {@linkcode openOriginal}. */
  constructor(directory: string, arrays: ReadonlyMap<string, OriginalArray>) {
    this.directory = directory;
    this.#arrays = arrays;
  }

  /** Our names of the arrays that are there. */
  names(): string[] {
    return [...this.#arrays.keys()];
  }

  /** The file that holds an array, absolute. */
  file(name: string): string {
    return join(this.directory, this.#array(name).file);
  }

  /**
   * Reads an array: `[L, F, …]` as `[L·F, …]`, indices as int32, float16 as float32.
   *
   * @throws {NeuriteError} E-FILE-MISSING for an array that is not there; E-PICKLE, E-CHECKPOINT,
   * E-FILE-CORRUPT for a damaged file.
   */
  async read(name: string): Promise<HostArray> {
    const { file, key, neuronAxes } = this.#array(name);
    const path = join(this.directory, file);
    const { data, shape } = file.endsWith(".npy") ? await readNpy(path) : await tensor(path, key);
    if (shape.length < neuronAxes) {
      throw cannot("E-TENSOR-SHAPE", {
        do: "read",
        thing: path,
        is: `${shape.length} axes`,
        expected: "layers, neurons and what each has",
        hint: "give a folder that the original release wrote",
      });
    }
    const neurons = elementCount(shape.slice(0, neuronAxes));
    const rest = shape.slice(neuronAxes);
    // The original keeps heads by layer and number; ours are one axis.
    const inner = key === "" && file.endsWith("_comps.pt") ? [elementCount(rest)] : rest;
    return { data: narrowed(data, path), shape: [neurons, ...inner] };
  }

  /** The layers of an array whose first axes are `[L, F]`. */
  async layers(name: string): Promise<number | undefined> {
    const { file, key, neuronAxes } = this.#array(name);
    if (neuronAxes === 1 || file.endsWith(".npy")) return undefined;
    await using open = await openTorchArrays(join(this.directory, file));
    return open.shape(key)[0];
  }

  #array(name: string): OriginalArray {
    const array = this.#arrays.get(name);
    if (array) return array;
    throw cannot("E-FILE-MISSING", {
      do: "read",
      thing: this.directory,
      is: `without ${name}`,
      expected: `files of ${ORIGINAL_ARRAYS.find((one) => one.name === name)?.file ?? "its name"}`,
      hint: "copy the folder whole, as the original release wrote it",
    });
  }
}

/**
 * Opens a folder that the original release wrote. Nothing is read before it is asked for: a folder with
 * every token's maximum has gigabytes.
 *
 * @throws {NeuriteError} as `openTorchArrays`.
 *
 * @example Usage
 * ```ts
 * import { openOriginal } from "neurite/lib/neuron/table/original_arrays.ts";
 *
 * const weights = await openOriginal("tests/fixtures/original/summary_data/tiny-a/weights");
 * const { shape } = await weights.read("U_out_kurt");
 * if (shape.join() !== "12") throw new Error("unreachable");
 * ```
 */
export async function openOriginal(directory: string): Promise<OriginalFolder> {
  const folder = resolve(directory);
  const arrays = new Map<string, OriginalArray>();
  const keys = new Map<string, ReadonlySet<string>>();
  for (const array of ORIGINAL_ARRAYS) {
    const { file, key, name } = array;
    if (!keys.has(file)) keys.set(file, await keysOf(join(folder, file)));
    if (keys.get(file)!.has(key)) arrays.set(name, array);
  }
  return new OriginalFolder(folder, arrays);
}

/**
 * Every array, or those named, of a folder that the original release wrote, by this suite's names.
 *
 * @throws {NeuriteError} as {@linkcode OriginalFolder.read}.
 */
export async function readOriginalSummary(
  directory: string,
  names?: readonly string[],
): Promise<Record<string, HostArray>> {
  const folder = await openOriginal(directory);
  const arrays: Record<string, HostArray> = {};
  for (const name of names ?? folder.names()) arrays[name] = await folder.read(name);
  return arrays;
}

/** The keys of a file's arrays; none when there is no file. */
async function keysOf(path: string): Promise<ReadonlySet<string>> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (!info?.isFile) return new Set();
  if (path.endsWith(".npy")) return new Set([""]);
  await using file = await openTorchArrays(path);
  return new Set(file.names());
}

async function tensor(path: string, key: string): Promise<HostArray> {
  await using file = await openTorchArrays(path);
  return await file.read(key);
}

/** Indices fit int32: there are fewer neurons, tokens of a corpus and token ids than 2³¹. */
function narrowed(data: HostArray["data"], path: string): HostArray["data"] {
  if (!(data instanceof BigInt64Array)) return data;
  const narrow = Int32Array.from(data, Number);
  if (narrow.every((value, i) => BigInt(value) === data[i])) return narrow;
  throw cannot("E-FILE-CORRUPT", {
    do: "read",
    thing: path,
    is: "an index above 2147483647",
    expected: "places of neurons or tokens",
    hint: "fetch the file again and compare its sha256",
  });
}
