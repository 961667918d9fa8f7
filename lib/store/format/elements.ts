/**
 * Runs of numbers in a file, in the element types that checkpoints use, read into host arrays
 * through one small buffer. Files are little-endian, and so is every machine Deno runs on, so
 * bytes are placed straight into the arrays.
 *
 * @module
 */
import type { ArrayData } from "../../array.ts";
import { widenBfloat16, widenFloat16 } from "./float16.ts";
import type { RangeFile } from "./range_file.ts";

/** Bytes of one element, by the type's name in the safetensors format. */
export const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

/** A key of {@linkcode ELEMENT_BYTES}. */
export type ElementType = keyof typeof ELEMENT_BYTES;

/** Whether a type holds real numbers, so that it may be a weight. */
export function isFloating(type: ElementType): type is "F64" | "F32" | "F16" | "BF16" {
  return type === "F64" || type === "F32" || type === "F16" || type === "BF16";
}

/** Where a run of elements lies. */
export interface ElementRange {
  /** Element type in the file. */
  readonly type: ElementType;
  /** Position of the first element in the file, in bytes. */
  readonly position: number;
  /** Number of elements. */
  readonly count: number;
}

/** Elements converted at a time, so that a conversion needs 512 KiB beside its result. */
const CHUNK_ELEMENTS = 1 << 16;

/**
 * Reads a run in the nearest host type that holds every value: F16 and BF16 as float32, I16 and I8
 * as int32, BOOL as uint8, the rest as they are.
 */
export async function readElements(file: RangeFile, range: ElementRange): Promise<ArrayData> {
  switch (range.type) {
    case "F64":
      return await fill(file, range, new Float64Array(range.count));
    case "F32":
    case "F16":
    case "BF16":
      return await readFloat32(file, range);
    case "I64":
      return await fill(file, range, new BigInt64Array(range.count));
    case "I32":
      return await fill(file, range, new Int32Array(range.count));
    case "I16":
    case "I8":
      return await convert(file, range, new Int32Array(range.count));
    case "U8":
    case "BOOL":
      return await fill(file, range, new Uint8Array(range.count));
  }
}

/**
 * Reads a run of real numbers as float32; F64 is rounded to nearest.
 *
 * @throws {TypeError} when the type is not a floating one.
 */
export async function readFloat32(file: RangeFile, range: ElementRange): Promise<Float32Array> {
  if (!isFloating(range.type)) {
    throw new TypeError(
      `Cannot read as float32 "${range.type}": not real numbers, expected F64, F32, F16 or BF16`,
    );
  }
  const result = new Float32Array(range.count);
  return await (range.type === "F32" ? fill : convert)(file, range, result);
}

/** Elements that already lie in memory, as float32. */
export function decodeFloat32(
  type: "F64" | "F32" | "F16" | "BF16",
  bytes: Uint8Array,
): Float32Array {
  const result = new Float32Array(bytes.length / ELEMENT_BYTES[type]);
  // A copy is aligned for the typed arrays; slice() would not do, on a Node Buffer it is a view.
  place(type, new Uint8Array(bytes).buffer, result);
  return result;
}

async function fill<Data extends ArrayData>(
  file: RangeFile,
  range: ElementRange,
  result: Data,
): Promise<Data> {
  const bytes = new Uint8Array(result.buffer, result.byteOffset, result.byteLength);
  await file.readInto(bytes, range.position);
  return result;
}

async function convert<Data extends Float32Array | Int32Array>(
  file: RangeFile,
  { type, position, count }: ElementRange,
  result: Data,
): Promise<Data> {
  const width = ELEMENT_BYTES[type];
  const buffer = new ArrayBuffer(width * Math.min(count, CHUNK_ELEMENTS));
  for (let start = 0; start < count; start += CHUNK_ELEMENTS) {
    const length = Math.min(CHUNK_ELEMENTS, count - start);
    await file.readInto(new Uint8Array(buffer, 0, length * width), position + start * width);
    place(type, buffer, result.subarray(start, start + length));
  }
  return result;
}

function place(type: ElementType, buffer: ArrayBuffer, target: Float32Array | Int32Array): void {
  const count = target.length;
  if (target instanceof Float32Array) {
    if (type === "F16") return widenFloat16(new Uint16Array(buffer, 0, count), target);
    if (type === "BF16") return widenBfloat16(new Uint16Array(buffer, 0, count), target);
    if (type === "F32") return target.set(new Float32Array(buffer, 0, count));
    if (type === "F64") return target.set(new Float64Array(buffer, 0, count));
  } else {
    if (type === "I16") return target.set(new Int16Array(buffer, 0, count));
    if (type === "I8") return target.set(new Int8Array(buffer, 0, count));
  }
  throw new TypeError(
    `Cannot convert "${type}": ${target.constructor.name} wanted, expected another element type`,
  );
}
