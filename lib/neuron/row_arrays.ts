import { elementCount, formatShape, type HostArray } from "../array.ts";
import type { StreamedArray } from "../store/format/safetensors_stream.ts";
import { openScratch, type ScratchFile } from "../store/scratch_file.ts";

/** A stretch of an array in the scratch file. */
interface Piece {
  readonly position: number;
  readonly bytes: number;
}

interface Grown {
  readonly type: "F32" | "I32";
  readonly inner: readonly number[];
  rows: number;
  readonly pieces: Piece[];
}

/** Arrays read back from disk at a time, so that copying one needs no more. */
const READ_BYTES = 4 << 20;

/**
 * Named arrays that grow by rows and wait on disk until all rows are there: what a run writes of every
 * layer need not fit in memory.
 *
 * @example Usage
 * ```ts
 * import { openRowArrays } from "neurite/lib/neuron/row_arrays.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using arrays = await openRowArrays(folder);
 *   await arrays.append({ norms: { data: Float32Array.of(1, 2), shape: [2] } });
 *   await arrays.append({ norms: { data: Float32Array.of(3), shape: [1] } });
 *   const { data, shape } = await arrays.read("norms");
 *   if (shape[0] !== 3 || data[2] !== 3) throw new Error("unreachable");
 * }
 * await Deno.remove(folder);
 * ```
 */
export class RowArrays implements AsyncDisposable {
  readonly #file: ScratchFile;
  readonly #arrays = new Map<string, Grown>();

  /** Use {@linkcode openRowArrays}. */
  constructor(file: ScratchFile) {
    this.#file = file;
  }

  /**
   * Appends rows to each of the arrays, float32 or int32; a new name begins an array.
   *
   * @throws {RangeError} when rows do not fit those that are there; {NeuriteError} `E-FILE-FULL`.
   */
  async append(arrays: Readonly<Record<string, HostArray>>): Promise<void> {
    for (const [name, { data, shape: [rows = 1, ...inner] }] of Object.entries(arrays)) {
      const type = data instanceof Float32Array ? "F32" : "I32";
      const grown: Grown = this.#arrays.get(name) ?? { type, inner, rows: 0, pieces: [] };
      const isKnown = data instanceof Float32Array || data instanceof Int32Array;
      if (!isKnown || grown.type !== type || formatShape(grown.inner) !== formatShape(inner)) {
        throw new RangeError(
          `Cannot append to "${name}": ${data.constructor.name} rows of ${formatShape(inner)}, ` +
            `expected ${grown.type} rows of ${formatShape(grown.inner)}`,
        );
      }
      const position = this.#file.bytes;
      await this.#file.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      grown.pieces.push({ position, bytes: data.byteLength });
      grown.rows += rows;
      this.#arrays.set(name, grown);
    }
  }

  /** A whole array, in memory. */
  async read(name: string): Promise<HostArray<Float32Array> | HostArray<Int32Array>> {
    const { type, inner, rows } = this.#grown(name);
    const shape = [rows, ...inner];
    const bytes = new Uint8Array(4 * elementCount(shape));
    let at = 0;
    for await (const chunk of this.#chunks(name)) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return type === "F32"
      ? { data: new Float32Array(bytes.buffer), shape }
      : { data: new Int32Array(bytes.buffer), shape };
  }

  /** Every array, for `streamSafetensors`. */
  streams(): Record<string, StreamedArray> {
    return Object.fromEntries(
      [...this.#arrays].map(([name, { type, inner, rows }]) => [
        name,
        { type, shape: [rows, ...inner], chunks: () => this.#chunks(name) },
      ]),
    );
  }

  async *#chunks(name: string): AsyncGenerator<Uint8Array> {
    for (const { position, bytes } of this.#grown(name).pieces) {
      for (let start = 0; start < bytes; start += READ_BYTES) {
        const chunk = new Uint8Array(Math.min(READ_BYTES, bytes - start));
        await this.#file.readInto(chunk, position + start);
        yield chunk;
      }
    }
  }

  #grown(name: string): Grown {
    const grown = this.#arrays.get(name);
    if (grown) return grown;
    throw new RangeError(`Cannot read "${name}": no rows of it, expected an array appended before`);
  }

  /** Removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/**
 * Opens arrays whose file lies in `folder` as long as they are used.
 *
 * @throws {NeuriteError} as `openScratch`.
 */
export async function openRowArrays(folder: string): Promise<RowArrays> {
  return new RowArrays(await openScratch(`${folder}/rows`));
}
