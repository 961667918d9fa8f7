/**
 * Token rows on disk until it is known how many there are and in which order they go.
 *
 * @module
 */
import { openScratch, type ScratchFile } from "../../store/scratch_file.ts";

const BUFFER_BYTES = 1 << 20;

/** Rows of one length and their subsets. Memory: 4 bytes a row and two buffers of about 1 MiB. */
export class RowStore implements AsyncDisposable {
  /** The length of a row. */
  readonly ctx: number;
  readonly #file: ScratchFile;
  #buffer: Int32Array;
  #buffered = 0;
  #subsets = new Int32Array(1024);
  #count = 0;

  /** Use {@linkcode openRowStore}. */
  constructor(file: ScratchFile, ctx: number) {
    this.#file = file;
    this.ctx = ctx;
    this.#buffer = new Int32Array(ctx * Math.max(1, Math.floor(BUFFER_BYTES / 4 / ctx)));
  }

  /** Rows added. */
  get count(): number {
    return this.#count;
  }

  /** Adds a row. Call {@linkcode RowStore.settle} now and then. */
  add(row: Int32Array, subset: number): void {
    if (this.#buffered + row.length > this.#buffer.length) {
      const larger = new Int32Array(2 * this.#buffer.length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(row, this.#buffered);
    this.#buffered += row.length;
    if (this.#count === this.#subsets.length) {
      const larger = new Int32Array(2 * this.#count);
      larger.set(this.#subsets);
      this.#subsets = larger;
    }
    this.#subsets[this.#count++] = subset;
  }

  /** Writes what is buffered, when that is much. */
  async settle(least: number = BUFFER_BYTES / 4): Promise<void> {
    if (this.#buffered < least || this.#buffered === 0) return;
    const { buffer, byteOffset } = this.#buffer;
    await this.#file.append(new Uint8Array(buffer, byteOffset, 4 * this.#buffered));
    this.#buffered = 0;
  }

  /** The subset of each row of an order, `[rows]`. */
  subsets(order: ArrayLike<number>): Int32Array<ArrayBuffer> {
    return Int32Array.from(order, (row) => this.#subsets[row]!);
  }

  /**
   * The rows of an order in blocks `[B, ctx]` of about `blockBytes`, flat. Each block is a new array.
   *
   * @param order numbers of rows.
   */
  async *blocks(
    order: ArrayLike<number>,
    blockBytes: number = BUFFER_BYTES,
  ): AsyncGenerator<Int32Array<ArrayBuffer>> {
    await this.settle(0);
    const { ctx } = this;
    const rowsABlock = Math.max(1, Math.floor(blockBytes / 4 / ctx));
    for (let first = 0; first < order.length; first += rowsABlock) {
      const rows = Math.min(rowsABlock, order.length - first);
      const block = new Int32Array(rows * ctx);
      for (let i = 0; i < rows;) {
        // Neighbours in the file are read together: all of them, where nothing is shuffled.
        const start = order[first + i]!;
        let run = 1;
        while (i + run < rows && order[first + i + run] === start + run) run++;
        const bytes = new Uint8Array(block.buffer, 4 * i * ctx, 4 * run * ctx);
        await this.#file.readInto(bytes, 4 * start * ctx);
        i += run;
      }
      yield block;
    }
  }

  /** Removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Opens a store whose file lies in `folder` as long as it is used. */
export async function openRowStore(folder: string, ctx: number): Promise<RowStore> {
  return new RowStore(await openScratch(`${folder}/rows`), ctx);
}
