import { basename, dirname, join, resolve } from "node:path";
import { explainSystemError } from "../system_errors.ts";

/**
 * A file of this process alone, for data that does not fit in memory: written at its end, read
 * anywhere, removed when it is disposed. Killed processes' ones are found by `cleanTemps`.
 *
 * @example Usage
 * ```ts
 * import { openScratch } from "neurite/lib/store/scratch_file.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using scratch = await openScratch(`${folder}/rows`);
 *   await scratch.append(Uint8Array.of(1, 2, 3));
 *   const last = new Uint8Array(1);
 *   await scratch.readInto(last, 2);
 *   if (last[0] !== 3) throw new Error("unreachable");
 * }
 * await Deno.remove(folder);
 * ```
 */
export class ScratchFile implements AsyncDisposable {
  /** Absolute path. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  /** Takes over an open file; {@linkcode openScratch} makes one. */
  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws {NeuriteError} E-FILE-FULL. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.seek(this.#bytes, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    } catch (error) {
      throw explainSystemError(error, { do: "write", thing: this.path }) ?? error;
    }
    this.#bytes += bytes.length;
  }

  /**
   * Fills `bytes` from byte `position` on.
   *
   * @throws {RangeError} past the bytes written.
   */
  async readInto(bytes: Uint8Array, position: number): Promise<void> {
    if (position + bytes.length > this.#bytes) {
      throw new RangeError(
        `Cannot read "${this.path}": ${this.#bytes} bytes, expected ${position + bytes.length}`,
      );
    }
    await this.#file.seek(position, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = await this.#file.read(bytes.subarray(at));
      if (count === null) {
        throw new RangeError(`Cannot read "${this.path}": cut short, expected the bytes written`);
      }
      at += count;
    }
  }

  /** Forgets what was written. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#bytes = 0;
  }

  /** Closes and removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    await Deno.remove(this.path).catch(() => {});
  }
}

/**
 * Makes an empty scratch file beside where `path` would be.
 *
 * @throws {NeuriteError} E-FILE-PERMISSION, E-FILE-FULL, E-FILE-MISSING.
 */
export async function openScratch(path: string): Promise<ScratchFile> {
  const target = resolve(path);
  const name = `.${basename(target)}.${Deno.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;
  const temp = join(dirname(target), name);
  try {
    const file = await Deno.open(temp, { read: true, write: true, createNew: true });
    // Some network file systems have no locks.
    await file.tryLock(true).catch(() => false);
    return new ScratchFile(temp, file);
  } catch (error) {
    throw explainSystemError(error, { do: "write", thing: temp }) ?? error;
  }
}
