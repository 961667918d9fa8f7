import { openScratch, type ScratchFile } from "../../store/scratch_file.ts";
import { characterCount } from "./text_piece.ts";

const READ_BYTES = 1 << 18;

/** Text that is kept until its length is known: in memory while it is short, then in a file. */
export class TextSpool implements AsyncDisposable {
  readonly #folder: string;
  readonly #mostHeld: number;
  #held: string[] = [];
  #heldLength = 0;
  #file: ScratchFile | undefined;
  #characters = 0;

  /**
   * @param folder where the file would be.
   * @param mostHeld UTF-16 units kept in memory.
   */
  constructor(folder: string, mostHeld: number = 1 << 20) {
    this.#folder = folder;
    this.#mostHeld = mostHeld;
  }

  /** Characters (code points) so far. */
  get characters(): number {
    return this.#characters;
  }

  /** Adds whole characters. */
  async add(text: string): Promise<void> {
    this.#held.push(text);
    this.#heldLength += text.length;
    this.#characters += characterCount(text);
    if (this.#heldLength <= this.#mostHeld) return;
    this.#file ??= await openScratch(`${this.#folder}/text`);
    await this.#file.append(new TextEncoder().encode(this.#held.join("")));
    this.#held = [];
    this.#heldLength = 0;
  }

  /** The text from its start, in pieces of whole characters. */
  async *read(): AsyncGenerator<string> {
    if (this.#file) yield* storedText(this.#file);
    yield* this.#held;
  }

  /** Forgets the text. */
  async clear(): Promise<void> {
    this.#held = [];
    this.#heldLength = 0;
    this.#characters = 0;
    await this.#file?.clear();
  }

  /** Removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
  }
}

async function* storedText(file: ScratchFile): AsyncGenerator<string> {
  // A byte order mark at the start is the text's own here.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let at = 0; at < file.bytes; at += READ_BYTES) {
    const chunk = new Uint8Array(Math.min(READ_BYTES, file.bytes - at));
    await file.readInto(chunk, at);
    yield decoder.decode(chunk, { stream: true });
  }
}
