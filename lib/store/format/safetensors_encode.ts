/**
 * Arrays to the bytes of a safetensors file.
 *
 * @module
 */
import { type ArrayData, elementCount, formatShape, type HostArray } from "../../array.ts";
import { ELEMENT_BYTES, type ElementType } from "./elements.ts";

/**
 * The bytes of a safetensors file, in pieces: the header, then one piece an array, which is a view
 * of that array and not a copy. Same arrays and metadata, same bytes, whatever their order.
 *
 * Wider element types come first and names are sorted within a width, so that every array is
 * aligned to its elements (PyTorch refuses to map it otherwise). The metadata always says
 * `"format": "pt"`, without which transformers refuses a file.
 *
 * @throws {RangeError} when an array's length does not fit its shape or its name is reserved.
 *
 * @example Usage
 * ```ts
 * import { encodeSafetensors } from "neurite/lib/store/format/safetensors.ts";
 *
 * const arrays = { x: { data: Float32Array.of(1, 2), shape: [2] } };
 * const [header, x] = [...encodeSafetensors(arrays, { made: "by hand" })];
 * if (header!.length % 8 !== 0 || x!.length !== 8) throw new Error("unreachable");
 * ```
 */
export function* encodeSafetensors(
  arrays: Readonly<Record<string, HostArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array<ArrayBuffer>> {
  const entries = Object.entries(arrays).map(([name, array]) => describe(name, array));
  entries.sort(inFileOrder);
  yield encodeSafetensorsHeader(entries, metadata);
  for (const { data } of entries) {
    if (data.byteLength > 0) {
      yield new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    }
  }
}

/** An array as a header names it. */
export interface HeaderEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** The order of arrays in a file: wider elements first, names sorted within a width. */
export function inFileOrder(a: HeaderEntry, b: HeaderEntry): number {
  return ELEMENT_BYTES[b.type] - ELEMENT_BYTES[a.type] || order(a.name, b.name);
}

function describe(name: string, { data, shape }: HostArray): HeaderEntry & { data: ArrayData } {
  if (data.length !== elementCount(shape)) {
    throw new RangeError(
      `Cannot write array "${name}": ${data.length} elements, expected ${elementCount(shape)} for ${
        formatShape(shape)
      }`,
    );
  }
  return { name, type: elementType(data), shape, byteLength: data.byteLength, data };
}

function checkName(name: string): void {
  if (name !== "__metadata__") return;
  throw new RangeError(`Cannot write array "${name}": a reserved name, expected any other`);
}

/** The type that a file names a host array by. */
export function elementType(data: ArrayData): ElementType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof BigInt64Array) return "I64";
  return "U8";
}

/** The bytes before the arrays, of which `entries` are in {@linkcode inFileOrder}. */
export function encodeSafetensorsHeader(
  entries: readonly HeaderEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  for (const { name } of entries) checkName(name);
  const strings = Object.entries({ ...metadata, format: "pt" }).sort(([a], [b]) => order(a, b));
  // Joined by hand: an object would put names like "10" first, whatever the order of insertion.
  const fields = [`"__metadata__":${object(strings.map(([key, text]) => pair(key, text)))}`];
  let offset = 0;
  for (const { name, type, shape, byteLength } of entries) {
    const end = offset + byteLength;
    fields.push(pair(name, { dtype: type, shape, data_offsets: [offset, end] }));
    offset = end;
  }
  const json = new TextEncoder().encode(object(fields));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}

function pair(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function object(pairs: readonly string[]): string {
  return `{${pairs.join(",")}}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
