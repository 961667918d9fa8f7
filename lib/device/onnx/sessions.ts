/**
 * Compiled models, kept while they are in use.
 *
 * @module
 */
import type { InferenceSession } from "onnxruntime-web";

/** A session and the scratch memory it is taken to hold. */
interface Kept {
  readonly session: InferenceSession;
  readonly bytes: number;
}

/**
 * The sessions of a device. The least recently used are released when all together hold more scratch
 * memory than the limit; the newest stays, whatever it holds.
 */
export class SessionCache implements AsyncDisposable {
  readonly #open = new Map<string, Kept>();
  #bytes = 0;

  constructor(readonly limitBytes: number) {}

  /** The session of a key, made when it is not there. Not to be called twice at a time. */
  async get(
    key: string,
    bytes: number,
    make: () => Promise<InferenceSession>,
  ): Promise<InferenceSession> {
    const known = this.#open.get(key);
    if (known) {
      // Set again, so that the order of the map is the order of use.
      this.#open.delete(key);
      this.#open.set(key, known);
      return known.session;
    }
    for (const [oldest, old] of this.#open) {
      if (this.#bytes + bytes <= this.limitBytes) break;
      this.#open.delete(oldest);
      this.#bytes -= old.bytes;
      await old.session.release();
    }
    const session = await make();
    this.#open.set(key, { session, bytes });
    this.#bytes += bytes;
    return session;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kept = [...this.#open.values()];
    this.#open.clear();
    for (const { session } of kept) await session.release();
  }
}
