/**
 * PyTorch checkpoints (`pytorch_model.bin`): the weights in a file of `torch.save`.
 *
 * @module
 */
import { isFloating } from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import type { TensorFile } from "./checkpoint.ts";
import { PickleDict, TorchTensor } from "./pickle_values.ts";
import { openTorchArchive, type TorchArchive } from "./torch_archive.ts";
import { badZip } from "./zip.ts";

/**
 * Opens a PyTorch checkpoint.
 *
 * @throws {NeuriteError} as {@linkcode openTorchArchive}, and `E-CHECKPOINT` when it is no dict.
 */
export async function openTorchFile(path: string): Promise<TensorFile> {
  const archive = await openTorchArchive(path);
  const { value: state } = archive;
  if (!(state instanceof PickleDict)) {
    await archive.close();
    throw badZip(archive.path, "a pickle of something else", "a state dict");
  }
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of state.entries) {
    if (typeof name === "string" && value instanceof TorchTensor) tensors.set(name, value);
  }
  return new TorchFile(archive, tensors);
}

class TorchFile implements TensorFile {
  readonly #archive: TorchArchive;
  readonly #tensors: ReadonlyMap<string, TorchTensor>;

  constructor(archive: TorchArchive, tensors: ReadonlyMap<string, TorchTensor>) {
    this.#archive = archive;
    this.#tensors = tensors;
  }

  get path(): string {
    return this.#archive.path;
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#archive.shape(name, this.#tensors.get(name)!);
  }

  async read(name: string): Promise<Float32Array> {
    const tensor = this.#tensors.get(name)!;
    this.#archive.shape(name, tensor);
    const { type } = tensor.storage;
    if (!isFloating(type)) {
      throw badZip(this.path, `tensor ${quote(name)} of ${type}`, "F64, F32, F16 or BF16");
    }
    const data = await this.#archive.read(name, tensor);
    return data instanceof Float32Array ? data : Float32Array.from(data as Float64Array);
  }

  close(): Promise<void> {
    return this.#archive.close();
  }
}
