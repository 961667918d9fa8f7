/** Where full rows go. */
export type TakeRow = (row: Int32Array) => void;

/** Cuts a stream of token ids into rows of one length, each with BOS before it where that is wanted. */
export class RowPacker {
  readonly #row: Int32Array;
  readonly #start: number;
  readonly #take: TakeRow;
  #filled: number;

  /**
   * @param ctx the length of a row, BOS included.
   * @param bos the id before each row, or undefined.
   * @param take given each full row; the array is used again afterwards.
   */
  constructor(ctx: number, bos: number | undefined, take: TakeRow) {
    this.#row = new Int32Array(ctx);
    this.#start = bos === undefined ? 0 : 1;
    if (bos !== undefined) this.#row[0] = bos;
    this.#filled = this.#start;
    this.#take = take;
  }

  /** Adds ids, and passes on the rows that are full. */
  push(ids: Int32Array): void {
    for (let at = 0; at < ids.length;) {
      const count = Math.min(ids.length - at, this.#row.length - this.#filled);
      this.#row.set(ids.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled < this.#row.length) return;
      this.#filled = this.#start;
      this.#take(this.#row);
    }
  }

  /** Drops the row that is not full. @returns its tokens, BOS not counted. */
  drop(): number {
    const dropped = this.#filled - this.#start;
    this.#filled = this.#start;
    return dropped;
  }
}
