/**
 * A blob under way: bytes on disk, their running hash, and the lock that keeps a second process from
 * writing the same file.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { fileBytes, fileTrouble, removeQuietly } from "./cache.ts";
import type { HubFile } from "./api.ts";
import { pause } from "./retry.ts";

/** How to behave while another process fetches the same blob. */
export interface PartialOptions {
  /** Time between two looks, in ms. */
  pollMs: number;
  /** How long the other's file may stand still before it is left alone, in ms. */
  stallMs: number;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
  /** Told once that there is something to wait for. */
  onNote: (note: string) => void;
}

/**
 * An open `<blob>.neurite.incomplete`. The operating system's lock dies with its holder, so a killed
 * run leaves no stale lock, only a file to continue. Python's own partial files have other names.
 */
export class PartialBlob {
  /** Bytes that stood there from an earlier run. */
  readonly resumed: number;
  #bytes: number;
  #hash: Hash;

  private constructor(
    readonly path: string,
    readonly blob: string,
    readonly file: HubFile,
    private readonly handle: Deno.FsFile,
    start: { bytes: number; hash: Hash },
  ) {
    this.resumed = this.#bytes = start.bytes;
    this.#hash = start.hash;
  }

  /** Opens or continues the partial file; `undefined` when another process finished the blob. */
  static async open(
    blob: string,
    file: HubFile,
    options: PartialOptions,
  ): Promise<PartialBlob | undefined> {
    const shared = partialPath(blob);
    try {
      await Deno.mkdir(dirname(blob), { recursive: true });
      const handle = await openLocked(shared, blob, file, options);
      if (handle === undefined) return undefined;
      if (handle !== "busy") return await PartialBlob.#begin(shared, blob, file, handle);
      const own = `${blob}.${crypto.randomUUID().slice(0, 8)}.neurite.incomplete`;
      return await PartialBlob.#begin(own, blob, file, await openFile(own));
    } catch (error) {
      throw fileTrouble(error, { do: "write", path: shared, neededBytes: file.bytes });
    }
  }

  static async #begin(path: string, blob: string, file: HubFile, handle: Deno.FsFile) {
    try {
      const hash = newHash(file);
      const bytes = await hashStart(handle, hash, file.bytes);
      // The position stands after the bytes read. It is never append mode: where locks do not hold,
      // two writers write equal bytes at equal places.
      if (bytes !== undefined) return new PartialBlob(path, blob, file, handle, { bytes, hash });
      const partial = new PartialBlob(path, blob, file, handle, { bytes: 0, hash });
      await partial.restart();
      return partial;
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes at the end. */
  async append(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.length;) at += await this.handle.write(piece.subarray(at));
    } catch (error) {
      const neededBytes = this.file.bytes - this.#bytes;
      throw fileTrouble(error, { do: "write", path: this.path, neededBytes });
    }
    this.#hash.update(piece);
    this.#bytes += piece.length;
  }

  /** Forgets everything written. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    await this.handle.seek(0, Deno.SeekMode.Start);
    this.#bytes = 0;
    this.#hash = newHash(this.file);
  }

  /** The hash of all bytes, in hexadecimal; nothing can be appended afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Makes the file the blob: on disk first, then under its name, then unlocked. */
  async finish(): Promise<void> {
    try {
      await this.handle.sync();
      await Deno.rename(this.path, this.blob);
    } catch (error) {
      // Where locks do not hold, another process may have moved the shared file: then it is done.
      if (await fileBytes(this.blob) === this.file.bytes) return;
      throw fileTrouble(error, { do: "write", path: this.blob });
    } finally {
      this.handle.close();
    }
  }

  /** Closes and keeps the bytes for the next run, which looks under the shared name only. */
  async close(): Promise<void> {
    this.handle.close();
    if (this.path !== partialPath(this.blob)) await removeQuietly(this.path);
  }

  /** Closes and removes the bytes. */
  async discard(): Promise<void> {
    this.handle.close();
    await removeQuietly(this.path);
  }
}

/** Where the bytes of an unfinished blob wait for the next run. */
export function partialPath(blob: string): string {
  return `${blob}.neurite.incomplete`;
}

/** The hash of `bytes` in the form `file` states its own. */
export function contentHash(file: HubFile, bytes: Uint8Array): string {
  return newHash(file).update(bytes).digest("hex");
}

function newHash(file: HubFile): Hash {
  if (file.algorithm === "sha256") return createHash("sha256");
  return createHash("sha1").update(`blob ${file.bytes}\0`);
}

function openFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { read: true, write: true, create: true });
}

async function openLocked(
  path: string,
  blob: string,
  file: HubFile,
  options: PartialOptions,
): Promise<Deno.FsFile | "busy" | undefined> {
  let seen = -1;
  let still = 0;
  let noted = false;
  while (true) {
    const handle = await openFile(path);
    let kept = false;
    try {
      // Some network file systems have no locks.
      if (await handle.tryLock(true).catch(() => true)) {
        // The holder may have renamed or removed the file between our open and our lock.
        if (await isAt(handle, path)) {
          kept = true;
          return handle;
        }
        if (await fileBytes(blob) === file.bytes) return undefined;
        continue;
      }
    } finally {
      if (!kept) handle.close();
    }
    if (!noted) options.onNote(`${file.name}: another process is fetching it, waiting`);
    noted = true;
    const size = await fileBytes(path) ?? 0;
    still = size === seen ? still + options.pollMs : 0;
    seen = size;
    if (still > options.stallMs) return "busy";
    await pause(options.pollMs, options.signal);
    if (await fileBytes(blob) === file.bytes) return undefined;
  }
}

async function isAt(handle: Deno.FsFile, path: string): Promise<boolean> {
  try {
    const [opened, named] = [await handle.stat(), await Deno.stat(path)];
    return opened.ino === named.ino && opened.dev === named.dev;
  } catch {
    return false;
  }
}

async function hashStart(
  handle: Deno.FsFile,
  hash: Hash,
  limit: number,
): Promise<number | undefined> {
  const piece = new Uint8Array(1 << 20);
  let bytes = 0;
  if ((await handle.stat()).size === 0) return 0;
  await handle.seek(0, Deno.SeekMode.Start);
  for (let read; (read = await handle.read(piece)) !== null;) {
    bytes += read;
    if (bytes > limit) return undefined;
    hash.update(piece.subarray(0, read));
  }
  return bytes;
}
