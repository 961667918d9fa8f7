/**
 * The end of a zip archive, which says where its directory is.
 *
 * @module
 */
import type { RangeFile } from "../../store/format/range_file.ts";
import { badZip } from "./bad_zip.ts";

const END_SIGNATURE = 0x06054b50;
const WIDE_LOCATOR_SIGNATURE = 0x07064b50;
const WIDE_END_SIGNATURE = 0x06064b50;
const END_BYTES = 22;
const WIDE_LOCATOR_BYTES = 20;
const WIDE_END_BYTES = 56;
/** The end record is followed by a comment whose length has 16 bits. */
const MAX_COMMENT_BYTES = 0xffff;

/** Where an archive's directory is. */
export interface DirectoryPlace {
  /** Position of its first byte. */
  readonly offset: number;
  /** Size in bytes. */
  readonly size: number;
  /** Number of records. */
  readonly count: number;
}

/** Finds the directory, in the 32-bit end record or in the 64-bit one before it. */
export async function findDirectory(file: RangeFile): Promise<DirectoryPlace> {
  const tailBytes = Math.min(
    file.size,
    WIDE_LOCATOR_BYTES + END_BYTES + MAX_COMMENT_BYTES,
  );
  const tail = new Uint8Array(tailBytes);
  await file.readInto(tail, file.size - tailBytes);
  const view = new DataView(tail.buffer);
  const end = findEnd(view);
  if (end === undefined) throw badZip(file.path, "without a zip end record", "a whole zip archive");
  if (view.getUint16(end + 4, true) !== view.getUint16(end + 6, true)) {
    throw badZip(file.path, "a part of a split archive", "one file");
  }
  const locator = end - WIDE_LOCATOR_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === WIDE_LOCATOR_SIGNATURE) {
    return await readWideEnd(file, Number(view.getBigUint64(locator + 8, true)));
  }
  return {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
}

function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    const commentBytes = view.byteLength - END_BYTES - at;
    if (
      view.getUint32(at, true) === END_SIGNATURE && view.getUint16(at + 20, true) === commentBytes
    ) return at;
  }
  return undefined;
}

async function readWideEnd(file: RangeFile, position: number): Promise<DirectoryPlace> {
  if (position > file.size - WIDE_END_BYTES) {
    throw badZip(file.path, `a zip64 end record at ${position}`, "inside the file");
  }
  const bytes = new Uint8Array(WIDE_END_BYTES);
  await file.readInto(bytes, position);
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0, true) !== WIDE_END_SIGNATURE) {
    throw badZip(file.path, "without its zip64 end record", "a whole zip archive");
  }
  return {
    count: Number(view.getBigUint64(32, true)),
    size: Number(view.getBigUint64(40, true)),
    offset: Number(view.getBigUint64(48, true)),
  };
}
