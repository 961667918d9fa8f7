/**
 * PyTorch checkpoints (`pytorch_model.bin`): the weights in a file of `torch.save`.
 *
 * @module
 */
import { isFloating } from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import { badZip } from "./bad_zip.ts";
import { PickleDict, TorchTensor } from "./pickle_values.ts";
import type { TensorFile } from "./tensor_file.ts";
import { openTorchArchive } from "./torch_archive.ts";
import { TorchArrays } from "./torch_arrays.ts";

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
  const arrays = new TorchArrays(archive, tensors);
  return {
    path: arrays.path,
    names: () => arrays.names(),
    shape: (name) => arrays.shape(name),
    read: (name) => readFloats(arrays, name),
    close: () => archive.close(),
  };
}

async function readFloats(arrays: TorchArrays, name: string): Promise<Float32Array> {
  const type = arrays.type(name);
  if (!isFloating(type)) {
    throw badZip(arrays.path, `tensor ${quote(name)} of ${type}`, "F64, F32, F16 or BF16");
  }
  const { data } = await arrays.read(name);
  return data instanceof Float32Array ? data : Float32Array.from(data as Float64Array);
}
