/**
 * Hand-made zip archives and pickles for tests: whole, odd and hostile ones.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";

/** One record of {@linkcode makeZip}. */
export interface ZipRecord {
  /** Name in the archive. */
  name: string;
  /** Bytes, or text of one byte a character. */
  content: Uint8Array | string;
  /** Whether to compress. @default {false} */
  isDeflated?: boolean;
  /** Written in place of the true size, in the directory. */
  claimedSize?: number;
  /** Written in place of the method. */
  method?: number;
  /** General purpose bits. @default {0} */
  flags?: number;
  /** Puts sizes and offset in a zip64 field. */
  isWide?: boolean;
}

/** Text of one byte a character, such as `"\x80\x02"`, to bytes. */
export function latin(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The bytes of several pieces in a row. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Little-endian fields of 2, 4 and 8 bytes. */
export function fields(...values: [width: 2 | 4 | 8, value: number][]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(at, value, true);
    if (width === 4) view.setUint32(at, value, true);
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

/** A zip archive; with `isWide` its end record is a zip64 one. */
export function makeZip(
  records: readonly ZipRecord[],
  { isWide = false, comment = "" } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const record of records) {
    const content = typeof record.content === "string" ? latin(record.content) : record.content;
    const stored = record.isDeflated ? new Uint8Array(deflateRawSync(content)) : content;
    const name = new TextEncoder().encode(record.name);
    const method = record.method ?? (record.isDeflated ? 8 : 0);
    const size = record.claimedSize ?? content.length;
    const local = concat([
      fields([4, 0x04034b50], [2, 20], [2, 0], [2, method], [4, 0], [4, 0]),
      fields([4, stored.length], [4, size], [2, name.length], [2, 3]),
      name,
      latin("pad"),
      stored,
    ]);
    const extra = record.isWide
      ? fields([2, 7], [2, 2], [2, 0], [2, 1], [2, 24], [8, size], [8, stored.length], [8, offset])
      : new Uint8Array(0);
    const narrow = (value: number) => record.isWide ? 0xffffffff : value;
    directory.push(concat([
      fields([4, 0x02014b50], [2, 20], [2, 20], [2, record.flags ?? 0], [2, method], [4, 0], [
        4,
        0,
      ]),
      fields([4, narrow(stored.length)], [4, narrow(size)], [2, name.length], [2, extra.length]),
      fields([2, 0], [2, 0], [2, 0], [4, 0], [4, narrow(offset)]),
      name,
      extra,
    ]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const count = records.length;
  const wide = isWide
    ? [
      fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
      fields([8, size], [8, offset], [4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]),
    ]
    : [];
  return concat([
    ...parts,
    ...directory,
    ...wide,
    fields([4, 0x06054b50], [2, 0], [2, 0], [2, isWide ? 0xffff : count]),
    fields([2, isWide ? 0xffff : count], [4, isWide ? 0xffffffff : size]),
    fields([4, isWide ? 0xffffffff : offset], [2, comment.length]),
    latin(comment),
  ]);
}

/** Pickled text. */
export function pickledText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return ascii(concat([latin("X"), fields([4, bytes.length]), bytes]));
}

/** A pickled whole number of at most 8 bytes. */
export function pickledInteger(value: number): string {
  return `\x8a\x08${ascii(fields([8, value]))}`;
}

/** A tensor as `torch.save` pickles it. */
export interface PickledTensor {
  /** Name of the storage's record. @default {"0"} */
  key?: string;
  /** Class of the storage. @default {"FloatStorage"} */
  storage?: string;
  /** Elements of the storage. */
  count: number;
  /** First element. @default {0} */
  offset?: number;
  /** Extent of each axis. */
  shape: readonly number[];
  /** Elements between neighbours on each axis. */
  strides: readonly number[];
}

/** The pickle of a tensor. */
export function pickledTensor(tensor: PickledTensor): string {
  const { key = "0", storage = "FloatStorage", count, offset = 0, shape, strides } = tensor;
  const tuple = (items: readonly number[]) => `(${items.map(pickledInteger).join("")}t`;
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + pickledText("storage") + `ctorch\n${storage}\n` +
    pickledText(key) + pickledText("cpu") + pickledInteger(count) + "tQ" + pickledInteger(offset) +
    tuple(shape) + tuple(strides) + "\x89ccollections\nOrderedDict\n)RtR";
}

/** A whole pickle of a dict of tensors. */
export function pickledState(tensors: Readonly<Record<string, PickledTensor>>): string {
  const items = Object.entries(tensors).map(([name, tensor]) =>
    pickledText(name) + pickledTensor(tensor)
  );
  return `\x80\x02}(${items.join("")}u.`;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
