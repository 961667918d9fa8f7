/**
 * The columns of some rows of tokens, gathered until they are worth a write.
 *
 * @module
 */
import type { PlacedSafetensors } from "../../store/format/placed_safetensors.ts";
import type { ColumnArray } from "./layout.ts";

const ARRAYS = { F16: Float16Array, F32: Float32Array, I32: Int32Array } as const;

/** Elements of a buffered array. */
export type ColumnData = Float16Array | Float32Array | Int32Array;

/** Where the values of the next row of tokens go: those of column c to `data[c · stride + at]` and on. */
export interface ColumnTarget {
  readonly data: ColumnData;
  readonly stride: number;
  readonly at: number;
}

/** Bytes that one row of tokens adds to a buffer of these arrays. */
export function bytesPerRow(arrays: readonly ColumnArray[]): number {
  return arrays.reduce(
    (sum, { type, columns, perRow }) => sum + ARRAYS[type].BYTES_PER_ELEMENT * columns * perRow,
    0,
  );
}

/** Sizes of a {@linkcode ColumnBuffer}. */
export interface BufferSizes {
  /** Rows of the whole run, B. */
  readonly rows: number;
  /** Rows it can hold. */
  readonly capacity: number;
  /** The first row it gathers. */
  readonly start: number;
}

/**
 * Gathers rows and writes them to their places in one go: a stretch a column. The more rows it holds,
 * the longer the stretches.
 */
export class ColumnBuffer {
  readonly #file: PlacedSafetensors;
  readonly #held: readonly { readonly array: ColumnArray; readonly data: ColumnData }[];
  readonly #rows: number;
  readonly #capacity: number;
  #start: number;
  #filled = 0;

  /** Takes all its memory at once. */
  constructor(
    file: PlacedSafetensors,
    arrays: readonly ColumnArray[],
    { rows, capacity, start }: BufferSizes,
  ) {
    this.#file = file;
    this.#rows = rows;
    this.#capacity = capacity;
    this.#start = start;
    this.#held = arrays.map((array) => {
      return { array, data: new ARRAYS[array.type](array.columns * array.perRow * capacity) };
    });
  }

  /** One past the last row gathered. */
  get end(): number {
    return this.#start + this.#filled;
  }

  /** Whether it has room for so many rows. */
  holds(rows: number): boolean {
    return this.#filled + rows <= this.#capacity;
  }

  /** Where the next rows of an array go. */
  target(name: ColumnArray["name"]): ColumnTarget {
    const { array, data } = this.#held.find(({ array }) => array.name === name)!;
    return { data, stride: array.perRow * this.#capacity, at: array.perRow * this.#filled };
  }

  /** Counts rows as gathered, all their values being in place. */
  advance(rows: number): void {
    if (this.holds(rows)) return void (this.#filled += rows);
    throw new RangeError(
      `Cannot gather "${rows} rows": ${this.#filled} of ${this.#capacity} taken, expected room`,
    );
  }

  /**
   * Writes what was gathered and is empty again.
   *
   * @throws {NeuriteError} E-FILE-FULL.
   */
  async flush(): Promise<void> {
    if (this.#filled === 0) return;
    for (const { array: { name, columns, perRow }, data } of this.#held) {
      const stride = perRow * this.#capacity;
      for (let column = 0; column < columns; column++) {
        const part = data.subarray(column * stride, column * stride + perRow * this.#filled);
        const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
        await this.#file.write(name, perRow * (column * this.#rows + this.#start), bytes);
      }
    }
    this.#start += this.#filled;
    this.#filled = 0;
  }
}
