import type { TextPiece } from "./text_piece.ts";

/**
 * Documents of plain text. Without a separator the file is one document; with one, documents lie
 * between its occurrences, and empty ones are left out. Nothing else is changed, line ends included.
 */
export async function* readPlainText(
  pieces: AsyncIterable<string>,
  separator?: string,
): AsyncGenerator<TextPiece> {
  if (separator === "") {
    throw new RangeError('Cannot split "text": an empty separator, expected one of a character');
  }
  let carry = "";
  let isInside = false;
  for await (const piece of pieces) {
    carry += piece;
    if (separator !== undefined) {
      let start = 0;
      for (
        let at = carry.indexOf(separator);
        at >= 0;
        at = carry.indexOf(separator, start)
      ) {
        if (at > start || isInside) yield { text: carry.slice(start, at), isLast: true };
        isInside = false;
        start = at + separator.length;
      }
      carry = carry.slice(start);
    }
    // What may be the beginning of a separator waits for the next piece.
    const kept = separator === undefined ? 0 : heldBack(carry, separator);
    const text = carry.slice(0, carry.length - kept);
    if (text !== "") {
      yield { text, isLast: false };
      isInside = true;
    }
    carry = carry.slice(carry.length - kept);
  }
  if (isInside || carry !== "") yield { text: carry, isLast: true };
}

/** The length of the longest end of `text` with which `separator` begins. */
function heldBack(text: string, separator: string): number {
  for (let length = Math.min(text.length, separator.length - 1); length > 0; length--) {
    if (separator.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
