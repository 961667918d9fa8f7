/**
 * What `torch.save` wrote (a zip archive since PyTorch 1.6): the pickle inside says which tensors there
 * are, and their numbers are read by range from the file.
 *
 * @module
 */
import type { ArrayData } from "../../array.ts";
import { cannot } from "../../errors.ts";
import {
  decodeFloat32,
  ELEMENT_BYTES,
  isFloating,
  readElements,
} from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import { openRangeFile, type RangeFile } from "../../store/format/range_file.ts";
import { badZip } from "./bad_zip.ts";
import { MAX_PICKLE_BYTES, unpickle } from "./pickle.ts";
import type { PickleValue, TorchTensor, TorchView } from "./pickle_values.ts";
import { openZip, type ZipArchive, type ZipEntry } from "./zip.ts";

/** 8 GiB as float32; GPT-2 XL's embedding has 80 million elements. */
const MAX_ELEMENTS = 2 ** 31;
/** A deflated record has to be held whole; PyTorch itself never deflates. */
const MAX_INFLATED_BYTES = 2 ** 31;

/** An open archive: the value that was saved, and the numbers of its tensors. */
export class TorchArchive {
  readonly #archive: ZipArchive;
  readonly #folder: string;
  /** What was saved; its tensors are not read yet. */
  readonly value: PickleValue;

  /** Use {@linkcode openTorchArchive}. */
  constructor(archive: ZipArchive, folder: string, value: PickleValue) {
    this.#archive = archive;
    this.#folder = folder;
    this.value = value;
  }

  /** Absolute path. */
  get path(): string {
    return this.#archive.file.path;
  }

  /**
   * The shape of a tensor whose data is there and whose view stays inside it.
   *
   * @param name of the tensor in messages.
   * @throws {NeuriteError} `E-CHECKPOINT`.
   */
  shape(name: string, tensor: TorchTensor): readonly number[] {
    this.#check(name, tensor);
    return tensor.view.shape;
  }

  /**
   * The numbers of a tensor, in the nearest host type that holds each of them.
   *
   * @throws {NeuriteError} `E-CHECKPOINT`, `E-FILE-CORRUPT`.
   */
  async read(name: string, tensor: TorchTensor): Promise<ArrayData> {
    const { record, count } = this.#check(name, tensor);
    const { view } = tensor;
    const span = count === 0 ? 0 : viewSpan(view);
    const elements = await this.#readRun(name, { tensor, record, count: span });
    return span === count && isContiguous(view) ? elements : gather(view, elements, count);
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#archive.file.close();
  }

  #check(name: string, tensor: TorchTensor): { record: ZipEntry; count: number } {
    const { storage } = tensor;
    const record = this.#archive.entries.get(`${this.#folder}data/${storage.key}`);
    const wanted = storage.count * ELEMENT_BYTES[storage.type];
    if (record?.size === wanted) return { record, count: checkView(name, tensor, this.path) };
    throw badZip(
      this.path,
      `tensor ${quote(name)} with ${record ? `${record.size} bytes of data` : "no data"}`,
      `${wanted} bytes in record ${quote(`data/${storage.key}`)}`,
    );
  }

  async #readRun(
    name: string,
    { tensor, record, count }: { tensor: TorchTensor; record: ZipEntry; count: number },
  ): Promise<ArrayData> {
    const { type } = tensor.storage;
    const start = tensor.view.offset * ELEMENT_BYTES[type];
    if (record.isStored) {
      const position = await this.#archive.locate(record) + start;
      return await readElements(this.#archive.file, { type, position, count });
    }
    if (!isFloating(type)) {
      throw badZip(this.path, `tensor ${quote(name)} of ${type}, deflated`, "a stored record");
    }
    const bytes = await this.#archive.read(record, MAX_INFLATED_BYTES);
    return decodeFloat32(type, bytes.subarray(start, start + count * ELEMENT_BYTES[type]));
  }
}

/**
 * Opens a file of `torch.save`.
 *
 * @throws {NeuriteError} `E-PICKLE` when its pickle is anything but plain data and tensors,
 * `E-CHECKPOINT` when the archive is damaged or of the old form, and the `E-FILE-…` codes.
 */
export async function openTorchArchive(path: string): Promise<TorchArchive> {
  const file = await openRangeFile(path);
  try {
    await refuseOldForm(file);
    const archive = await openZip(file);
    const [pickle, folder] = findPickle(archive);
    await refuseBigEndian(archive, folder);
    const value = unpickle(await archive.read(pickle, MAX_PICKLE_BYTES), file.path);
    return new TorchArchive(archive, folder, value);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The element count of a view that lies within its storage. */
function checkView(name: string, tensor: TorchTensor, path: string): number {
  const { storage, view } = tensor;
  const count = view.shape.reduce((product, extent) => product * extent, 1);
  // A view may repeat elements by a stride of 0; a file could so ask for memory it does not fill.
  if (!(count <= Math.min(storage.count, MAX_ELEMENTS))) {
    throw badZip(
      path,
      `tensor ${quote(name)} of ${count} elements over ${storage.count}`,
      "no more elements than its storage has",
    );
  }
  const end = view.offset + viewSpan(view);
  if (count > 0 && !(end <= storage.count)) {
    throw badZip(
      path,
      `tensor ${quote(name)} reaching element ${end}`,
      `at most ${storage.count}, the end of its storage`,
    );
  }
  return count;
}

/** Elements from the first to the last of a view that has any. */
function viewSpan({ shape, strides }: TorchView): number {
  return 1 + shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, 0);
}

function isContiguous({ shape, strides }: TorchView): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function gather({ shape, strides }: TorchView, from: ArrayData, count: number): ArrayData {
  const result = new (from.constructor as new (count: number) => ArrayData)(count);
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    result[i] = from[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The archive's one `data.pkl` and the folder it stands in, with its slash. */
function findPickle(archive: ZipArchive): [ZipEntry, string] {
  const pickles = [...archive.entries.values()].filter(({ name }) =>
    /^[^/]+\/data\.pkl$/.test(name)
  );
  const [pickle] = pickles;
  if (pickle && pickles.length === 1) return [pickle, pickle.name.slice(0, -"data.pkl".length)];
  throw badZip(
    archive.file.path,
    `an archive with ${pickles.length} records named data.pkl`,
    "one, as torch.save writes it",
  );
}

async function refuseBigEndian(archive: ZipArchive, folder: string): Promise<void> {
  const record = archive.entries.get(`${folder}byteorder`);
  if (!record) return;
  const order = new TextDecoder().decode(await archive.read(record, 64));
  if (order !== "little") throw badZip(archive.file.path, `byte order ${quote(order)}`, "little");
}

/** Before 1.6, `torch.save` wrote several pickles in a row; the first is a magic number. */
async function refuseOldForm(file: RangeFile): Promise<void> {
  const start = new Uint8Array(Math.min(2, file.size));
  await file.readInto(start, 0);
  if (start[0] !== 0x80) return;
  throw cannot("E-CHECKPOINT", {
    do: "read",
    thing: file.path,
    is: "a PyTorch file in the form from before PyTorch 1.6",
    expected: "a zip archive",
    hint:
      "save it again with PyTorch 1.6 or newer: torch.save(torch.load(f, weights_only=True), f)",
  });
}
