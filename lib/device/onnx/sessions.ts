/**
 * Compiled models, kept while they are in use.
 *
 * @module
 */
import type { InferenceSession } from "onnxruntime-web";

/** The sessions of a device, the least recently used of them released when there are too many. */
export class SessionCache implements AsyncDisposable {
  readonly #open = new Map<string, InferenceSession>();

  constructor(readonly limit: number) {}

  /** The session of a key, made when it is not there. Not to be called twice at a time. */
  async get(key: string, make: () => Promise<InferenceSession>): Promise<InferenceSession> {
    const known = this.#open.get(key);
    this.#open.delete(key);
    const session = known ?? await make();
    this.#open.set(key, session);
    for (const [oldest, old] of this.#open) {
      if (this.#open.size <= this.limit) break;
      this.#open.delete(oldest);
      await old.release();
    }
    return session;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    for (const session of sessions) await session.release();
  }
}
