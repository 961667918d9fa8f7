/**
 * A file of the folder that cannot be shown.
 *
 * @module
 */

/** A file of data that is missing or broken; the page names it and says how to make it again. */
export class DataFault extends Error {
  override readonly name = "DataFault";

  /** `file` is the data's name without folder and ending. */
  constructor(readonly file: string, is: string) {
    super(`Cannot show "data/${file}.js": ${is}, expected a file as neurite writes it`);
  }
}
