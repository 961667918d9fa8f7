/**
 * A file read by byte ranges, with the failures of the file system in the suite's words.
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";

/** Bytes asked of the file system at a time; between them a signal can be heard. */
const CHUNK_BYTES = 4 << 20;

/**
 * A regular file open for reading at any position. Reads may overlap: each waits for the one
 * before it, because the operating system's file position is shared.
 *
 * @example Usage
 * ```ts
 * import { openRangeFile } from "neurite/lib/store/format/range_file.ts";
 *
 * await using file = await openRangeFile("deno.json");
 * const first = new Uint8Array(1);
 * await file.readInto(first, 0);
 * if (first[0] !== "{".charCodeAt(0)) throw new Error("unreachable");
 * ```
 */
export class RangeFile implements AsyncDisposable {
  /** Absolute path. */
  readonly path: string;
  /** Size in bytes when it was opened. */
  readonly size: number;
  readonly #file: Deno.FsFile;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** Takes over an open file; {@linkcode openRangeFile} makes one. */
  constructor(path: string, size: number, file: Deno.FsFile) {
    this.path = path;
    this.size = size;
    this.#file = file;
  }

  /**
   * Fills `bytes` from the file, starting at byte `position`.
   *
   * @throws {NeuriteError} `E-FILE-CORRUPT` when the file ends first.
   */
  readInto(bytes: Uint8Array, position: number): Promise<void> {
    const read = this.#turn.then(() => this.#fill(bytes, position));
    this.#turn = read.catch(() => {});
    return read;
  }

  /** Closes the file after the reads under way; closing twice is allowed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#turn;
    this.#file.close();
  }

  /** Same as {@linkcode RangeFile.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #fill(bytes: Uint8Array, position: number): Promise<void> {
    try {
      await this.#file.seek(position, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(at + CHUNK_BYTES, bytes.length);
        const count = await this.#file.read(bytes.subarray(at, end));
        if (count === null) throw this.#ended(position + at, position + bytes.length);
        at += count;
      }
    } catch (error) {
      throw error instanceof NeuriteError ? error : fileError(this.path, error);
    }
  }

  #ended(at: number, wanted: number): NeuriteError {
    return cannot("E-FILE-CORRUPT", {
      do: "read",
      thing: this.path,
      is: `ends at byte ${at}`,
      expected: `at least ${wanted} bytes`,
      hint: "the file is cut short or changed while it was read: fetch or copy it again",
    });
  }
}

/**
 * Opens a regular file.
 *
 * @throws {NeuriteError} `E-FILE-MISSING` (also for a folder, pipe or device) or
 * `E-FILE-PERMISSION`.
 */
export async function openRangeFile(path: string): Promise<RangeFile> {
  const absolute = resolve(path);
  try {
    // Asked before opening, because opening a pipe waits for its writer.
    const { isFile, isDirectory, size } = await Deno.stat(absolute);
    if (!isFile) throw notAFile(absolute, isDirectory ? "a folder" : "a pipe or device");
    return new RangeFile(absolute, size, await Deno.open(absolute));
  } catch (error) {
    throw error instanceof NeuriteError ? error : fileError(absolute, error);
  }
}

/**
 * Reads a whole small file, such as a JSON text.
 *
 * @throws {NeuriteError} as {@linkcode openRangeFile}, and `E-FILE-CORRUPT` above `maxBytes`.
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<Uint8Array> {
  await using file = await openRangeFile(path);
  if (file.size > maxBytes) {
    throw cannot("E-FILE-CORRUPT", {
      do: "read",
      thing: file.path,
      is: `${file.size} bytes`,
      expected: `at most ${maxBytes} bytes`,
      hint: "this is not the file its name says: fetch it again",
    });
  }
  const bytes = new Uint8Array(file.size);
  await file.readInto(bytes, 0);
  return bytes;
}

/** A failure of the file system in the suite's words. */
export function fileError(path: string, error: unknown): NeuriteError {
  return explainSystemError(error, { do: "read", thing: path }) ?? cannot("E-FILE-CORRUPT", {
    do: "read",
    thing: path,
    is: `unreadable (${error instanceof Error ? error.message : String(error)})`,
    expected: "a readable file",
    hint: "check the disk and the mount, then run again",
    cause: error,
  });
}

function notAFile(path: string, is: string): NeuriteError {
  return cannot("E-FILE-MISSING", {
    do: "read",
    thing: path,
    is,
    expected: "a file",
    hint: "choose another path",
  });
}
