import { cannot } from "../../errors.ts";
import type { TextTokenizer } from "../../model/tokenizer.ts";
import { firstSafeCut, lastSafeCut } from "./safe_cut.ts";

/** How {@linkcode StreamEncoder} works. */
export interface EncoderSettings {
  /** What the ids are checked against: V of the model. */
  readonly vocabSize: number;
  /** Whether texts may be cut where {@linkcode isSafeCut} says; else each is encoded whole. */
  readonly mayCut: boolean;
  /** UTF-16 units encoded at a time, about. @default {65_536} */
  readonly pieceLength?: number;
}

/** 2²⁶ UTF-16 units: a text this long without a place to cut is no text. */
const MOST_HELD = 1 << 26;

/** Turns a text that comes in pieces into the token ids of the whole text. */
export class StreamEncoder {
  readonly #tokenizer: TextTokenizer;
  readonly #settings: Required<EncoderSettings>;
  #held = "";
  /** How far `#held` is known to have no place to cut past the wanted length. */
  #searched = 0;

  constructor(tokenizer: TextTokenizer, settings: EncoderSettings) {
    this.#tokenizer = tokenizer;
    this.#settings = { pieceLength: 1 << 16, ...settings };
  }

  /**
   * The ids that are certain after more text, none or several pieces of them.
   *
   * @throws {NeuriteError} E-TOKENS for an id outside the vocabulary; E-CORPUS for 64 Mi characters
   * without a place to cut.
   */
  *push(text: string): Generator<Int32Array> {
    this.#held += text;
    const { mayCut, pieceLength } = this.#settings;
    let start = 0;
    while (mayCut && this.#held.length - start > pieceLength) {
      const wanted = start + pieceLength;
      let cut = lastSafeCut(this.#held, start, wanted);
      if (cut < 0) cut = firstSafeCut(this.#held, Math.max(wanted, this.#searched));
      this.#searched = cut < 0 ? this.#held.length : 0;
      if (cut < 0) break;
      yield this.#encode(this.#held.slice(start, cut));
      start = cut;
    }
    this.#held = this.#held.slice(start);
    this.#searched = Math.max(0, this.#searched - start);
    if (this.#held.length > MOST_HELD) {
      throw cannot("E-CORPUS", {
        do: "tokenise",
        thing: `${this.#held.slice(0, 40).replace(/\p{C}/gu, " ")}…`,
        is: `over ${MOST_HELD} characters without a place to cut`,
        expected: mayCut ? "a text with words and spaces" : "shorter documents for this tokenizer",
        hint: "split the text into documents with --separator",
      });
    }
  }

  /** The remaining ids; then a new text may begin. */
  flush(): Int32Array {
    const text = this.#held;
    this.#held = "";
    this.#searched = 0;
    return this.#encode(text);
  }

  #encode(text: string): Int32Array {
    if (text === "") return new Int32Array(0);
    const ids = this.#tokenizer.encode(text);
    const { vocabSize } = this.#settings;
    const wrong = ids.find((id) => id < 0 || id >= vocabSize);
    if (wrong === undefined) return ids;
    throw cannot("E-TOKENS", {
      do: "use",
      thing: `token ${wrong}`,
      is: `an id of ${this.#tokenizer.files[0]} outside the model's vocabulary`,
      expected: `0 to ${vocabSize - 1}`,
      hint: "give the model its own tokenizer.json",
    });
  }
}
