/**
 * Files that are written whole or not at all.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { cannot } from "../errors.ts";
import { explainSystemError } from "../system_errors.ts";

/** What a file can be written from. Text is UTF-8. */
export type Chunks =
  | Uint8Array
  | string
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** A file that was written. */
export interface WrittenFile {
  /** Its absolute path. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its sha256 in lower-case hexadecimal. */
  readonly sha256: string;
}

/** Settings of {@linkcode writeAtomic}. */
export interface WriteOptions {
  /** Stands in for the file's own write; for tests of a failing disk. */
  readonly write?: (file: Deno.FsFile, bytes: Uint8Array) => Promise<number>;
}

/** Written and hashed at a time: 2 GiB and more at once are refused by both. */
const PIECE_BYTES = 16 << 20;

const TEMP_NAME = /^\..+\.\d+-[0-9a-f]{8}\.tmp$/;

function asChunks(chunks: Chunks): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof chunks === "string") return [new TextEncoder().encode(chunks)];
  return chunks instanceof Uint8Array ? [chunks] : chunks;
}

function tempPath(path: string): string {
  // NAME_MAX is 255 bytes; a name of 60 characters leaves room for the rest in any script.
  const name = basename(path).slice(0, 60);
  return join(dirname(path), `.${name}.${Deno.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** An error of the system in our grammar; any other as it is. */
function explain(error: unknown, path: string): unknown {
  if (error instanceof Deno.errors.IsADirectory) {
    return cannot("E-FILE-PERMISSION", {
      do: "write",
      thing: path,
      is: "a folder of that name is there",
      expected: "a file or nothing",
      hint: "choose another name, or remove the folder",
      cause: error,
    });
  }
  return explainSystemError(error, { do: "write", thing: path }) ?? error;
}

// A rename is only on the disk once its folder is. Not every system lets a folder be opened, and
// reading one may not be permitted: then the file itself is safe and only its name may be lost.
async function syncFolder(folder: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: folder });
  if (state !== "granted") return;
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch {
    return;
  }
}

/**
 * Writes a file so that its name never shows a part of it: a temporary file in the same folder,
 * flushed to the disk, renamed over the target, and the folder flushed. Whatever ends it (an error,
 * a full disk, `kill -9`, a power cut), the target is as it was or complete. A symbolic link at
 * the target is replaced, not followed. Missing folders are made. While it is written, the
 * temporary file is locked, so that {@linkcode cleanTemps} spares it.
 *
 * @throws {NeuriteError} E-FILE-FULL, E-FILE-PERMISSION, E-FILE-MISSING (a file where a folder should
 * be). An error of the chunks' own comes through as it is.
 *
 * @example Usage
 * ```ts
 * import { writeAtomic } from "neurite/lib/store/atomic.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const file = await writeAtomic(`${folder}/numbers/a.txt`, "1 2 3\n");
 * if (file.bytes !== 6) throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeAtomic(
  path: string,
  chunks: Chunks,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const target = resolve(path);
  const temp = tempPath(target);
  const write = options.write ?? ((file, bytes) => file.write(bytes));
  let failureOfChunks: unknown;
  async function* guarded() {
    try {
      yield* asChunks(chunks);
    } catch (error) {
      failureOfChunks = error;
      throw error;
    }
  }
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    const hash = createHash("sha256");
    let bytes = 0;
    {
      using file = await Deno.open(temp, { write: true, createNew: true });
      // Some network file systems have no locks; the write is as good without one.
      await file.tryLock(true).catch(() => false);
      for await (const chunk of guarded()) {
        for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
          const piece = chunk.subarray(start, start + PIECE_BYTES);
          for (let at = 0; at < piece.length;) at += await write(file, piece.subarray(at));
          hash.update(piece);
        }
        bytes += chunk.length;
      }
      await file.sync();
    }
    await Deno.rename(temp, target);
    await syncFolder(dirname(target));
    return { path: target, bytes, sha256: hash.digest("hex") };
  } catch (error) {
    await Deno.remove(temp).catch(() => {});
    throw error === failureOfChunks ? error : explain(error, target);
  }
}

/**
 * Removes the temporary files that processes left behind in a folder when they were killed. One
 * that is still being written, here or on another machine, is locked and stays.
 *
 * @returns the paths removed.
 */
export async function cleanTemps(folder: string): Promise<string[]> {
  const removed: string[] = [];
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw explainSystemError(error, { do: "clean", thing: resolve(folder) }) ?? error;
  }
  for (const { name, isFile } of entries) {
    if (!isFile || !TEMP_NAME.test(name)) continue;
    const path = join(resolve(folder), name);
    try {
      using file = await Deno.open(path, { write: true });
      if (!await file.tryLock(true)) continue;
      await Deno.remove(path);
      removed.push(path);
    } catch {
      // Its owner was faster, or it is another user's.
    }
  }
  return removed;
}
