/**
 * Streams and folders for the tests of this folder.
 *
 * @module
 */

/** A stream of things. */
export async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Bytes in pieces of `size`. */
export function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** Pieces put together. */
export function joined(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const piece of pieces) for (const byte of piece) bytes.push(byte);
  return Uint8Array.from(bytes);
}
