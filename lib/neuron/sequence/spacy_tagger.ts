/**
 * spaCy's own tags, read from a file beside the documents that they are of.
 *
 * @module
 */
import { resolve } from "node:path";
import { quote } from "../../store/format/quote.ts";
import type { RowDocument } from "./row_documents.ts";
import { spacyFault, type SpacyRecord, spacyRecords } from "./spacy_records.ts";
import type { TaggedToken } from "./tagged_token.ts";

/** What tables and records call it. */
export const SPACY_TAGGER = "spaCy, by the user's file";

/** UTF-16 places of code points, or undefined where they are the same. */
function unitPlaces(text: string): readonly number[] | undefined {
  const points = [...text];
  if (points.length === text.length) return undefined;
  let at = 0;
  return [0, ...points.map((point) => at += point.length)];
}

function tokensOf(
  records: readonly SpacyRecord[],
  { text }: RowDocument,
  path: string,
): TaggedToken[] {
  const places = unitPlaces(text);
  let last = 0;
  return records.map((record): TaggedToken => {
    const start = places ? places[record.start] ?? text.length : record.start;
    const end = start + record.text.length;
    if (record.text === "" || start < last || text.slice(start, end) !== record.text) {
      const there = text.slice(start, end);
      throw spacyFault(
        path,
        `record ${record.number}, ${quote(record.text)}, where document ${record.document} has ` +
          `${quote(there)} at character ${record.start}, or over the token before`,
      );
    }
    last = end;
    return {
      start,
      end,
      pos: record.pos,
      dep: record.dep,
      entity: record.entity,
      morph: record.morph === "" ? [] : record.morph.split("|"),
      isStop: record.isStop,
      startsSentence: record.isSentenceStart,
    };
  });
}

/**
 * The tokens of each document, asked in order, from the file of spaCy's records; see
 * docs/sequence_features.md for the program that writes it. Those of one document are held at once.
 */
export class SpacyTagger {
  readonly #path: string;
  readonly #records: AsyncGenerator<SpacyRecord>;
  #ahead: SpacyRecord | undefined;

  constructor(path: string) {
    this.#path = resolve(path);
    this.#records = spacyRecords(path);
  }

  /**
   * The tokens of the next document.
   *
   * @throws {NeuriteError} E-FILE-CORRUPT when the file has none of it, has tokens of another text, or
   * is damaged.
   */
  async tag(document: RowDocument, index: number): Promise<TaggedToken[]> {
    const own: SpacyRecord[] = [];
    for (let record = await this.#next(); record; record = await this.#next()) {
      if (record.document !== index) {
        this.#ahead = record;
        break;
      }
      // Tokens of one character each would be as many; a file may have any number.
      if (own.length >= document.text.length) {
        throw spacyFault(this.#path, `record ${record.number}, past the text of document ${index}`);
      }
      own.push(record);
    }
    if (own.length > 0) return tokensOf(own, document, this.#path);
    const is = this.#ahead ? `a token of document ${this.#ahead.document}` : "its end";
    throw spacyFault(this.#path, `${is} where document ${index} should begin`);
  }

  /** @throws {NeuriteError} E-FILE-CORRUPT when tokens are left over. */
  async finish(): Promise<void> {
    const left = await this.#next();
    if (left) {
      throw spacyFault(this.#path, `with tokens of document ${left.document}, one too many`);
    }
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#records.return(undefined);
  }

  async #next(): Promise<SpacyRecord | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead) return ahead;
    const { value, done } = await this.#records.next();
    return done ? undefined : value;
  }
}
