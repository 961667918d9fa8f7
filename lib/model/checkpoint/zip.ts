/**
 * Zip archives as PyTorch writes them, parsed as foreign input. Names are only keys of a map, never
 * paths. Checksums are not compared: PyTorch can be told to write false ones.
 *
 * Format: PKWARE APPNOTE.TXT 6.3, sections 4.3 and 4.5.3.
 *
 * @module
 */
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { quote } from "../../store/format/quote.ts";
import type { RangeFile } from "../../store/format/range_file.ts";
import { badZip } from "./bad_zip.ts";
import { type DirectoryPlace, findDirectory } from "./zip_end.ts";

/** A checkpoint of 1,000 tensors has a directory of some 100 kB. */
const MAX_DIRECTORY_BYTES = 64 << 20;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** Marks a size or offset that stands in the zip64 extra field. */
const IN_ZIP64 = 0xffffffff;
const ENCRYPTED = 1;

/** One record of an archive. */
export interface ZipEntry {
  /** Its name; a key, never a path. */
  readonly name: string;
  /** Size of its content in bytes. */
  readonly size: number;
  /** Whether the content stands in the file as it is. */
  readonly isStored: boolean;
  /** Bytes it takes in the file. */
  readonly storedSize: number;
  /** Position of its local header. */
  readonly localOffset: number;
}

/** The records of an archive, by name. */
export class ZipArchive {
  /** The file they stand in. */
  readonly file: RangeFile;
  /** The records, by name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly #directoryStart: number;

  /** Takes over an open file; {@linkcode openZip} makes one. */
  constructor(file: RangeFile, entries: ReadonlyMap<string, ZipEntry>, directoryStart: number) {
    this.file = file;
    this.entries = entries;
    this.#directoryStart = directoryStart;
  }

  /** Position in the file of a record's first stored byte. */
  async locate(entry: ZipEntry): Promise<number> {
    const header = new Uint8Array(LOCAL_BYTES);
    const limit = this.#directoryStart - entry.storedSize - LOCAL_BYTES;
    if (entry.localOffset > limit) {
      throw badZip(this.file.path, `record ${quote(entry.name)} outside the file`, "inside");
    }
    await this.file.readInto(header, entry.localOffset);
    const view = new DataView(header.buffer);
    const variable = view.getUint16(26, true) + view.getUint16(28, true);
    if (view.getUint32(0, true) !== LOCAL_SIGNATURE || entry.localOffset + variable > limit) {
      throw badZip(this.file.path, `record ${quote(entry.name)} without header`, "a local header");
    }
    return entry.localOffset + LOCAL_BYTES + variable;
  }

  /** The content of a record of at most `maxBytes` bytes, inflated if need be. */
  async read(entry: ZipEntry, maxBytes: number): Promise<Uint8Array> {
    if (entry.size > maxBytes || entry.storedSize > maxBytes) {
      throw badZip(
        this.file.path,
        `record ${quote(entry.name)} of ${Math.max(entry.size, entry.storedSize)} bytes`,
        `at most ${maxBytes}`,
      );
    }
    const stored = new Uint8Array(entry.storedSize);
    await this.file.readInto(stored, await this.locate(entry));
    return entry.isStored ? stored : await this.#inflate(entry, stored);
  }

  async #inflate(entry: ZipEntry, stored: Uint8Array): Promise<Uint8Array> {
    let content: Uint8Array;
    try {
      // One byte of room, so that an empty record has a limit zlib accepts.
      content = await promisify(inflateRaw)(stored, { maxOutputLength: entry.size + 1 });
    } catch (error) {
      throw badZip(
        this.file.path,
        `record ${quote(entry.name)} that does not inflate to ${entry.size} bytes`,
        "valid deflate data",
        error,
      );
    }
    if (content.length === entry.size) return content;
    throw badZip(
      this.file.path,
      `record ${quote(entry.name)} of ${content.length} bytes`,
      `${entry.size} by its directory`,
    );
  }
}

/**
 * Reads an archive's directory.
 *
 * @throws {NeuriteError} `E-CHECKPOINT` when it is cut, encrypted, split, or names a record twice.
 */
export async function openZip(file: RangeFile): Promise<ZipArchive> {
  const place = await findDirectory(file);
  if (place.size > MAX_DIRECTORY_BYTES || place.offset + place.size > file.size) {
    throw badZip(
      file.path,
      `a directory of ${place.size} bytes at ${place.offset}`,
      `at most ${MAX_DIRECTORY_BYTES} bytes inside the file`,
    );
  }
  const directory = new Uint8Array(place.size);
  await file.readInto(directory, place.offset);
  return new ZipArchive(file, parseDirectory(directory, place, file.path), place.offset);
}

function parseDirectory(
  bytes: Uint8Array,
  place: DirectoryPlace,
  path: string,
): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < place.count; index++) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    if (view.byteLength < ENTRY_BYTES || view.getUint32(0, true) !== ENTRY_SIGNATURE) {
      throw badZip(path, `a directory that ends after ${index} records`, `${place.count}`);
    }
    const length = ENTRY_BYTES + view.getUint16(28, true) + view.getUint16(30, true) +
      view.getUint16(32, true);
    if (length > view.byteLength) throw badZip(path, "a directory cut inside a record", "whole");
    const entry = parseEntry(bytes.subarray(at, at + length), path);
    if (entries.has(entry.name)) {
      throw badZip(path, `record ${quote(entry.name)} twice`, "each name once");
    }
    entries.set(entry.name, entry);
    at += length;
  }
  return entries;
}

function parseEntry(bytes: Uint8Array, path: string): ZipEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const nameEnd = ENTRY_BYTES + view.getUint16(28, true);
  const name = new TextDecoder().decode(bytes.subarray(ENTRY_BYTES, nameEnd));
  const method = view.getUint16(10, true);
  if ((view.getUint16(8, true) & ENCRYPTED) !== 0 || (method !== 0 && method !== 8)) {
    throw badZip(path, `record ${quote(name)} encrypted or packed by method ${method}`, "0 or 8");
  }
  const [size, storedSize, localOffset] = wideFields(
    [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)],
    bytes.subarray(nameEnd, nameEnd + view.getUint16(30, true)),
  );
  const isStored = method === 0;
  if (![size, storedSize, localOffset].every(Number.isSafeInteger)) {
    throw badZip(path, `record ${quote(name)} of unknown size`, "a zip64 field");
  }
  if (isStored && size !== storedSize) {
    throw badZip(path, `record ${quote(name)} of two sizes`, "one, as it is stored");
  }
  return { name, size: size!, storedSize: storedSize!, localOffset: localOffset!, isStored };
}

/** Replaces the marked fields, in order, by the 8-byte numbers of the zip64 extra field (id 1). */
function wideFields(fields: readonly number[], extra: Uint8Array): number[] {
  if (!fields.includes(IN_ZIP64)) return [...fields];
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let next = at + 4;
      return fields.map((field) => {
        if (field !== IN_ZIP64) return field;
        next += 8;
        return next <= Math.min(end, extra.length)
          ? Number(view.getBigUint64(next - 8, true))
          : NaN;
      });
    }
    at = end;
  }
  return fields.map((field) => field === IN_ZIP64 ? NaN : field);
}
