/**
 * Safetensors files that are written by position: arrays whose rows are whole only at the end of a
 * long run, while values come for all rows at once.
 *
 * @module
 */
import { dirname } from "node:path";
import { elementCount } from "../../array.ts";
import { explainSystemError } from "../../system_errors.ts";
import { ELEMENT_BYTES, type ElementType } from "./elements.ts";
import { encodeSafetensorsHeader, inFileOrder } from "./safetensors_encode.ts";

/** What a file will hold. */
export interface PlacedLayout {
  /** Type and shape of each array. */
  readonly arrays: Readonly<
    Record<string, { readonly type: ElementType; readonly shape: readonly number[] }>
  >;
  /** The strings stored beside them. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

interface Place {
  readonly type: ElementType;
  readonly position: number;
  readonly byteLength: number;
}

interface Measured {
  readonly header: Uint8Array;
  readonly places: ReadonlyMap<string, Place>;
  readonly bytes: number;
}

function measure({ arrays, metadata }: PlacedLayout): Measured {
  const entries = Object.entries(arrays).map(([name, { type, shape }]) => {
    return { name, type, shape, byteLength: ELEMENT_BYTES[type] * elementCount(shape) };
  });
  entries.sort(inFileOrder);
  const header = encodeSafetensorsHeader(entries, metadata ?? {});
  const places = new Map<string, Place>();
  let position = header.length;
  for (const { name, type, byteLength } of entries) {
    places.set(name, { type, position, byteLength });
    position += byteLength;
  }
  if (Number.isSafeInteger(position)) return { header, places, bytes: position };
  throw new RangeError(`Cannot place "arrays": ${position} bytes, expected fewer than 2^53`);
}

/** Bytes of the whole file, its header included. */
export function placedBytes(layout: PlacedLayout): number {
  return measure(layout).bytes;
}

/**
 * A file of its final size from the beginning, filled in any order and over several lives of the
 * process. Until all of it is filled it is a valid safetensors file with zeros in it, so it belongs
 * under a name that nobody reads; when it is whole, a rename makes it a result.
 *
 * Nothing of the arrays is held in memory.
 *
 * @example Usage
 * ```ts
 * import { createPlaced } from "neurite/lib/store/format/placed_safetensors.ts";
 * import { readSafetensors } from "neurite/lib/store/format/safetensors.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   const arrays = { x: { type: "I32", shape: [2, 3] } } as const;
 *   await using file = await createPlaced(`${folder}/x.part`, { arrays });
 *   const column = (value: number) => new Uint8Array(Int32Array.of(value).buffer);
 *   for (const row of [0, 1]) await file.write("x", row * 3 + 2, column(10 + row));
 *   await file.sync();
 * }
 * const { x } = await readSafetensors(`${folder}/x.part`);
 * if (x?.data.join() !== "0,0,10,0,0,11") throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class PlacedSafetensors implements AsyncDisposable {
  /** Where it is, as it was given. */
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #places: ReadonlyMap<string, Place>;

  /** Use {@linkcode createPlaced} or {@linkcode reopenPlaced}. */
  constructor(path: string, file: Deno.FsFile, places: ReadonlyMap<string, Place>) {
    this.path = path;
    this.#file = file;
    this.#places = places;
  }

  /**
   * Writes little-endian elements of an array from element `index` on. One write at a time.
   *
   * @throws {RangeError} outside the array; {NeuriteError} E-FILE-FULL.
   */
  async write(name: string, index: number, bytes: Uint8Array): Promise<void> {
    const place = this.#places.get(name);
    if (!place) throw new RangeError(`Cannot write "${name}": no array of this file, expected one`);
    const start = index * ELEMENT_BYTES[place.type];
    if (!(start >= 0 && start + bytes.length <= place.byteLength)) {
      throw new RangeError(
        `Cannot write "${name}": bytes ${start} to ${start + bytes.length}, expected at most ` +
          `${place.byteLength}`,
      );
    }
    try {
      await this.#file.seek(place.position + start, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    } catch (error) {
      throw explainSystemError(error, { do: "write", thing: this.path }) ?? error;
    }
  }

  /** Waits until all that was written is on the disk. */
  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw explainSystemError(error, { do: "write", thing: this.path }) ?? error;
    }
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

/**
 * Begins a file: header and size, zeros elsewhere, in place of what was there. The zeros take no room
 * on most file systems, so a disk that is too small is only seen when it is full.
 *
 * @throws {NeuriteError} E-FILE-FULL, E-FILE-PERMISSION, E-FILE-MISSING.
 */
export async function createPlaced(
  path: string,
  layout: PlacedLayout,
): Promise<PlacedSafetensors> {
  const { header, places, bytes } = measure(layout);
  let file: Deno.FsFile | undefined;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    // Removed and made anew, so that a link of that name is never written through.
    await Deno.remove(path).catch(ignoreAbsent);
    file = await Deno.open(path, { read: true, write: true, createNew: true });
    await file.truncate(bytes);
    for (let at = 0; at < header.length;) at += await file.write(header.subarray(at));
    return new PlacedSafetensors(path, file, places);
  } catch (error) {
    file?.close();
    throw explainSystemError(error, { do: "write", thing: path }) ?? error;
  }
}

/**
 * Opens a file that {@linkcode createPlaced} began with the same layout and metadata, or undefined
 * where there is none: absent, no regular file, or of another size or header.
 *
 * @throws {NeuriteError} E-FILE-PERMISSION.
 */
export async function reopenPlaced(
  path: string,
  layout: PlacedLayout,
): Promise<PlacedSafetensors | undefined> {
  const { header, places, bytes } = measure(layout);
  let file: Deno.FsFile | undefined;
  try {
    const { isFile, size } = await Deno.lstat(path);
    if (!isFile || size !== bytes) return undefined;
    file = await Deno.open(path, { read: true, write: true });
    if (await beginsWith(file, header)) return new PlacedSafetensors(path, file, places);
    file.close();
    return undefined;
  } catch (error) {
    file?.close();
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw explainSystemError(error, { do: "read", thing: path }) ?? error;
  }
}

async function beginsWith(file: Deno.FsFile, header: Uint8Array): Promise<boolean> {
  const found = new Uint8Array(header.length);
  for (let at = 0; at < found.length;) {
    const count = await file.read(found.subarray(at));
    if (count === null) return false;
    at += count;
  }
  return found.every((byte, i) => byte === header[i]);
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
