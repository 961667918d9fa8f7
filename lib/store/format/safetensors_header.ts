/**
 * The header of a safetensors file, parsed as foreign input: every number is bounded before it is
 * used. Format: github.com/huggingface/safetensors, "Format".
 *
 * @module
 */
import { elementCount, formatShape } from "../../array.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
import { ELEMENT_BYTES, type ElementType } from "./elements.ts";
import { duplicateKey } from "./json_keys.ts";
import { quote } from "./quote.ts";

/** The format's own limit; the largest honest headers are a few hundred kB. */
export const MAX_HEADER_BYTES = 100_000_000;
/** The format's own limit on an extent is far above this; GPT-2 XL's largest is 50,257. */
const MAX_EXTENT = 2 ** 32;
/** NumPy's limit on axes; weights have at most four. */
const MAX_AXES = 64;

/** One array of a file. */
export interface TensorInfo {
  /** Element type in the file. */
  readonly dtype: ElementType;
  /** Extent of each axis; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Position of the first byte in the file. */
  readonly position: number;
  /** Size in bytes. */
  readonly byteLength: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  /** The `__metadata__` entries. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The arrays in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** Where the header stands. */
export interface HeaderPlace {
  /** Absolute path, for messages. */
  readonly path: string;
  /** Size of the whole file in bytes. */
  readonly fileSize: number;
}

/**
 * Parses and checks a header: the tensors cover the data exactly, without holes or overlaps.
 *
 * @param bytes the JSON text, without the 8 length bytes before it
 * @throws {NeuriteError} `E-SAFETENSORS`
 */
export function parseHeader(bytes: Uint8Array, place: HeaderPlace): SafetensorsHeader {
  const fields = parseFields(bytes, place.path);
  const start = 8 + bytes.length;
  const tensors: [string, TensorInfo][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === "__metadata__") continue;
    tensors.push([name, parseTensor(name, value, { path: place.path, start })]);
  }
  tensors.sort(([, a], [, b]) => a.position - b.position || a.byteLength - b.byteLength);
  checkCover(tensors, start, place);
  return { metadata: parseMetadata(fields["__metadata__"], place.path), tensors: new Map(tensors) };
}

/** An `E-SAFETENSORS` error about a file. */
export function badSafetensors(path: string, is: string, expected: string): NeuriteError {
  return cannot("E-SAFETENSORS", {
    do: "read",
    thing: path,
    is,
    expected,
    hint: "the file is damaged or not safetensors: fetch it again and compare its sha256",
  });
}

function parseFields(bytes: Uint8Array, path: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) {
    throw badSafetensors(path, `a header starting with byte ${bytes[0] ?? "(none)"}`, 'a "{"');
  }
  let fields: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    fields = JSON.parse(text);
  } catch {
    throw badSafetensors(path, "a header that is not JSON", "a JSON object in UTF-8");
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) {
    throw badSafetensors(path, `a header with ${quote(twice)} twice`, "each name once");
  }
  return fields as Record<string, unknown>;
}

function parseMetadata(value: unknown, path: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw badSafetensors(path, "__metadata__ with other values", "strings by name");
  }
  return value as Record<string, string>;
}

function parseTensor(
  name: string,
  value: unknown,
  { path, start }: { path: string; start: number },
): TensorInfo {
  const refuse = (is: string, expected: string) =>
    badSafetensors(path, `tensor ${quote(name)} with ${is}`, expected);
  if (!isRecord(value)) throw refuse("no description", "dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(" ");
    const is = typeof dtype === "string" ? `dtype ${quote(dtype)}` : "no dtype";
    throw refuse(is, `one of ${known}`);
  }
  const type = dtype as ElementType;
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isExtent)) {
    throw refuse("a bad shape", `at most ${MAX_AXES} whole extents, none above 2^32`);
  }
  if (!isOffsets(offsets)) throw refuse("bad data_offsets", "two whole numbers in order");
  const byteLength = offsets[1] - offsets[0];
  const wanted = elementCount(shape) * ELEMENT_BYTES[type];
  if (wanted !== byteLength || !Number.isSafeInteger(wanted)) {
    throw refuse(`${byteLength} bytes`, `${wanted} for ${type} ${formatShape(shape)}`);
  }
  return { dtype: type, shape, position: start + offsets[0], byteLength };
}

function checkCover(
  tensors: readonly [string, TensorInfo][],
  start: number,
  { path, fileSize }: HeaderPlace,
): void {
  let end = start;
  for (const [name, { position, byteLength }] of tensors) {
    if (position !== end) {
      const fault = position < end ? "overlapping the tensor before it" : "after a hole";
      throw badSafetensors(
        path,
        `tensor ${quote(name)} at data byte ${position - start}, ${fault}`,
        `byte ${end - start}`,
      );
    }
    end += byteLength;
  }
  if (end !== fileSize) {
    throw badSafetensors(path, `${fileSize} bytes`, `${end} bytes by its header`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isExtent(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_EXTENT;
}

function isOffsets(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger) &&
    value[0] >= 0 && value[0] <= value[1];
}
