/**
 * Arrays in safetensors files, read one at a time.
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { ELEMENT_BYTES, isFloating, readElements, readFloat32 } from "./elements.ts";
import { quote } from "./quote.ts";
import { openRangeFile, type RangeFile } from "./range_file.ts";
import {
  badSafetensors,
  MAX_HEADER_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type TensorInfo,
} from "./safetensors_header.ts";

export { encodeSafetensors } from "./safetensors_encode.ts";
export type { TensorInfo };

/** 16 GiB as float32; the largest honest array (GPT-2 XL's embedding) has 80 million elements. */
const MAX_ELEMENTS = 2 ** 32;

/**
 * An open safetensors file.
 *
 * @example Usage
 * ```ts
 * import { openSafetensors } from "neurite/lib/store/format/safetensors.ts";
 *
 * await using file = await openSafetensors("cache/models/tiny-gpt2-a/model.safetensors");
 * const { shape } = file.info("transformer.wte.weight");
 * const { data } = await file.readFloat32("transformer.wte.weight");
 * if (data.length !== shape[0]! * shape[1]!) throw new Error("unreachable");
 * ```
 */
export class SafetensorsFile implements AsyncDisposable {
  readonly #file: RangeFile;
  readonly #header: SafetensorsHeader;

  /** Takes over an open file; {@linkcode openSafetensors} makes one. */
  constructor(file: RangeFile, header: SafetensorsHeader) {
    this.#file = file;
    this.#header = header;
  }

  /** Absolute path. */
  get path(): string {
    return this.#file.path;
  }

  /** The strings stored beside the arrays. */
  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  /** Names of the arrays, in the order of their bytes. */
  names(): string[] {
    return [...this.#header.tensors.keys()];
  }

  /**
   * Type, shape and place of an array.
   *
   * @throws {NeuriteError} `E-SAFETENSORS` for a name that is not there, naming the nearest.
   */
  info(name: string): TensorInfo {
    const info = this.#header.tensors.get(name);
    if (info) return info;
    const close = nearest(name, this.#header.tensors.keys());
    throw badSafetensors(
      this.path,
      `without tensor ${quote(name)}`,
      `one of its ${this.#header.tensors.size} names` +
        (close === undefined ? "" : `, nearest is ${quote(close)}`),
    );
  }

  /**
   * Reads one array, and only its bytes. F16 and BF16 become float32, I16 and I8 int32, BOOL uint8;
   * F64, F32, I64, I32 and U8 stay, so that what {@linkcode encodeSafetensors} wrote comes back.
   */
  async read(name: string): Promise<HostArray> {
    const info = this.info(name);
    return { data: await readElements(this.#file, this.#range(name, info)), shape: info.shape };
  }

  /**
   * Reads `count` rows of an array from row `first` on, where rows are the first axis, and only their
   * bytes; types as {@linkcode SafetensorsFile.read}.
   *
   * @returns shape `[count, …]`.
   * @throws {RangeError} for rows that the array has not.
   */
  async readRows(name: string, first: number, count: number): Promise<HostArray> {
    const info = this.info(name);
    const [rows = 0, ...inner] = info.shape;
    const isInside = Number.isInteger(first) && Number.isInteger(count) && first >= 0 &&
      count >= 0 && first + count <= rows;
    if (!isInside) {
      throw new RangeError(
        `Cannot read rows of "${name}": ${count} from ${first} on, expected rows below ${rows}`,
      );
    }
    const width = elementCount(inner);
    const position = info.position + first * width * ELEMENT_BYTES[info.dtype];
    const range = this.#range(name, {
      ...info,
      position,
      byteLength: count * width * ELEMENT_BYTES[info.dtype],
    });
    return { data: await readElements(this.#file, range), shape: [count, ...inner] };
  }

  /**
   * Reads one array of real numbers (F64, F32, F16, BF16) as float32.
   *
   * @throws {NeuriteError} `E-SAFETENSORS` for an array of integers.
   */
  async readFloat32(name: string): Promise<HostArray<Float32Array>> {
    const info = this.info(name);
    if (!isFloating(info.dtype)) {
      throw cannot("E-SAFETENSORS", {
        do: "read",
        thing: this.path,
        is: `tensor ${quote(name)} of ${info.dtype}`,
        expected: "F64, F32, F16 or BF16",
        hint: "a quantised checkpoint has to be converted to float16 or float32 first",
      });
    }
    return { data: await readFloat32(this.#file, this.#range(name, info)), shape: info.shape };
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Same as {@linkcode SafetensorsFile.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #range(name: string, { dtype, position, byteLength }: TensorInfo) {
    const count = byteLength / ELEMENT_BYTES[dtype];
    if (count <= MAX_ELEMENTS) return { type: dtype, position, count };
    throw badSafetensors(
      this.path,
      `tensor ${quote(name)} of ${count} elements`,
      `at most ${MAX_ELEMENTS}`,
    );
  }
}

/**
 * Opens a safetensors file and checks its whole header.
 *
 * @throws {NeuriteError} `E-SAFETENSORS` for a malformed or cut file, and the `E-FILE-…` codes.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openRangeFile(path);
  try {
    return new SafetensorsFile(file, await readHeader(file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads every array of a file that is known to fit in memory; types as {@linkcode SafetensorsFile.read}. */
export async function readSafetensors(path: string): Promise<Record<string, HostArray>> {
  await using file = await openSafetensors(path);
  const arrays: [string, HostArray][] = [];
  for (const name of file.names()) arrays.push([name, await file.read(name)]);
  return Object.fromEntries(arrays);
}

async function readHeader(file: RangeFile): Promise<SafetensorsHeader> {
  if (file.size < 8) throw badSafetensors(file.path, `${file.size} bytes`, "at least 8");
  const lengthBytes = new Uint8Array(8);
  await file.readInto(lengthBytes, 0);
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  const limit = Math.min(MAX_HEADER_BYTES, file.size - 8);
  if (length > limit) {
    throw badSafetensors(file.path, `a header of ${length} bytes`, `at most ${limit}`);
  }
  const bytes = new Uint8Array(Number(length));
  await file.readInto(bytes, 8);
  return parseHeader(bytes, { path: file.path, fileSize: file.size });
}
