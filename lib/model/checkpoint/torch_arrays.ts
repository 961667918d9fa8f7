/**
 * Any tensors that `torch.save` wrote: one alone, or dicts of them, dicts in dicts.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ElementType } from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import { badZip } from "./bad_zip.ts";
import { PickleDict, type PickleValue, TorchTensor } from "./pickle_values.ts";
import { openTorchArchive, type TorchArchive } from "./torch_archive.ts";

/** Dicts in dicts in a file of results; a pickle can hold a dict that holds itself. */
const MAX_DEPTH = 8;
/** Values looked at: one dict may stand in many places, and be looked at in each. */
const MAX_VALUES = 100_000;

/** The tensors of a file of `torch.save`; {@linkcode openTorchArrays} opens it. */
export class TorchArrays implements AsyncDisposable {
  readonly #archive: TorchArchive;
  readonly #tensors: ReadonlyMap<string, TorchTensor>;

  /** Use {@linkcode openTorchArrays}. */
  constructor(archive: TorchArchive, tensors: ReadonlyMap<string, TorchTensor>) {
    this.#archive = archive;
    this.#tensors = tensors;
  }

  /** Absolute path. */
  get path(): string {
    return this.#archive.path;
  }

  /** The keys on the way to each tensor, joined by `/`; `""` for one that was saved alone. */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /**
   * Extent of each axis.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for a tensor that is not there or is damaged.
   */
  shape(name: string): readonly number[] {
    return this.#archive.shape(name, this.#tensor(name));
  }

  /**
   * Type of its elements in the file.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for a tensor that is not there.
   */
  type(name: string): ElementType {
    return this.#tensor(name).storage.type;
  }

  /**
   * Reads one tensor: F16 and BF16 as float32, small integers as int32, BOOL as uint8, others as they
   * are.
   *
   * @throws {NeuriteError} as {@linkcode TorchArrays.shape}.
   */
  async read(name: string): Promise<HostArray> {
    const tensor = this.#tensor(name);
    const data = await this.#archive.read(name, tensor);
    return { data, shape: tensor.view.shape };
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#archive.close();
  }

  #tensor(name: string): TorchTensor {
    const tensor = this.#tensors.get(name);
    if (tensor) return tensor;
    throw badZip(this.path, `no tensor ${quote(name)}`, `one of ${this.names().map(quote)}`);
  }
}

/**
 * Opens a file of `torch.save` for its tensors; anything else in it is left alone. Like any checkpoint
 * it is foreign input: see `pickle.ts` for what may stand in it.
 *
 * @throws {NeuriteError} as `openTorchArchive`, and `E-CHECKPOINT` when dicts are too deep or too many.
 *
 * @example Usage
 * ```ts
 * import { openTorchArrays } from "neurite/lib/model/checkpoint/torch_arrays.ts";
 *
 * const path = "tests/fixtures/original/summary_data/tiny-a/weights/vocab_comps.pt";
 * await using file = await openTorchArrays(path);
 * const { data, shape } = await file.read("U_out/comp_mean");
 * if (data.length !== shape[0]! * shape[1]!) throw new Error("unreachable");
 * ```
 */
export async function openTorchArrays(path: string): Promise<TorchArrays> {
  const archive = await openTorchArchive(path);
  try {
    const tensors = new Map<string, TorchTensor>();
    collect(archive.value, [], { tensors, path: archive.path, seen: { count: 0 } });
    return new TorchArrays(archive, tensors);
  } catch (error) {
    await archive.close();
    throw error;
  }
}

interface Collected {
  readonly tensors: Map<string, TorchTensor>;
  readonly path: string;
  readonly seen: { count: number };
}

function collect(value: PickleValue, keys: readonly string[], into: Collected): void {
  const { tensors, path, seen } = into;
  if (++seen.count > MAX_VALUES) {
    throw badZip(path, `more than ${MAX_VALUES} values`, "the tensors of a summary");
  }
  if (value instanceof TorchTensor) {
    const name = keys.join("/");
    if (tensors.has(name)) throw badZip(path, `two tensors ${quote(name)}`, "distinct keys");
    tensors.set(name, value);
  }
  if (!(value instanceof PickleDict)) return;
  if (keys.length >= MAX_DEPTH) throw badZip(path, `dicts ${MAX_DEPTH} deep`, "fewer");
  for (const [key, inner] of value.entries) collect(inner, [...keys, String(key)], into);
}
