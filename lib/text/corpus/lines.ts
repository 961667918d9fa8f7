import { cannot } from "../../errors.ts";

/** A line and its number, from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The longest document on a line: 2²⁷ UTF-16 units, twenty times the longest book of the Pile. */
export const LONGEST_LINE = 1 << 27;

/**
 * Splits text at newlines. The last line needs none.
 *
 * @throws {NeuriteError} E-CORPUS for a line over `longest` UTF-16 units.
 */
export async function* splitLines(
  pieces: AsyncIterable<string>,
  place: string,
  longest: number = LONGEST_LINE,
): AsyncGenerator<Line> {
  let number = 1;
  let parts: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", start)) {
      parts.push(piece.slice(start, end));
      yield { number: number++, text: parts.join("") };
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start < piece.length) parts.push(piece.slice(start));
    length += piece.length - start;
    if (length > longest) {
      throw cannot("E-CORPUS", {
        do: `read line ${number} of`,
        thing: place,
        is: `over ${longest} characters long`,
        expected: "one document a line",
        hint: "give plain text a name that does not end in .jsonl, or say --format text",
      });
    }
  }
  if (length > 0) yield { number, text: parts.join("") };
}
