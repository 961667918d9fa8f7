/**
 * Documents as they are read: pieces of text, so that none needs to fit in memory.
 *
 * @module
 */

/** A piece of a document. The pieces of a document follow each other. */
export interface TextPiece {
  /** Whole characters; may be empty. */
  readonly text: string;
  /** Whether the document ends with it. */
  readonly isLast: boolean;
  /** The label of the document's rows, the same in all its pieces. */
  readonly subset?: string;
}

/** How many characters (code points, as Python counts) a text has. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) continue;
    const before = text.charCodeAt(i - 1);
    if (before >= 0xd800 && before <= 0xdbff) count--;
  }
  return count;
}

/** The index in UTF-16 units of character number `characters`, or the length when there are fewer. */
export function characterIndex(text: string, characters: number): number {
  let index = 0;
  for (let passed = 0; passed < characters && index < text.length; passed++) {
    index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  }
  return index;
}

/** What {@linkcode dropShort} left out. */
export interface Dropped {
  /** Documents left out. */
  documents: number;
  /** Their characters. */
  characters: number;
}

/**
 * Leaves out documents shorter than `least` characters (spec 1.1: the Pile's of at most 50 were
 * dropped) and counts them in `dropped`.
 */
export async function* dropShort(
  pieces: AsyncIterable<TextPiece>,
  least: number,
  dropped: Dropped,
): AsyncGenerator<TextPiece> {
  let held: TextPiece[] = [];
  let count = 0;
  for await (const piece of pieces) {
    if (count < least) {
      count += characterCount(piece.text);
      held.push(piece);
    }
    if (count >= least) {
      if (held.length > 0) yield* held;
      else yield piece;
      held = [];
    } else if (piece.isLast) {
      dropped.documents++;
      dropped.characters += count;
    }
    if (piece.isLast) {
      held = [];
      count = 0;
    }
  }
}
