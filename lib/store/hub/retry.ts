/**
 * What is worth repeating, how often and after what pause.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { HubCall } from "./connection.ts";

const LONGEST_PAUSE_MS = 30_000;
// Longer than this a person is better served by the message than by a silent process.
const LONGEST_SERVER_WAIT_MS = 300_000;

/** A failure that may pass: the network, a 5xx, a 429. */
export class PassingTrouble extends Error {
  /** Tells it from other errors in a stack. */
  override readonly name = "PassingTrouble";
  /** What the server asked to wait, in ms. */
  readonly waitMs: number | undefined;

  /** `message` is what happened, without a subject: "status 503". */
  constructor(message: string, options: { waitMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.waitMs = options.waitMs;
  }
}

/** Repeats `attempt` while it meets {@linkcode PassingTrouble}; progress made resets the count. */
export async function repeatedly<T>(
  attempt: () => Promise<T>,
  call: HubCall,
  progress: () => number = () => 0,
): Promise<T> {
  const { connection, subject } = call;
  let failures = 0;
  let reached = progress();
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingTrouble)) throw error;
      if (progress() > reached) failures = 0;
      reached = progress();
      const wait = error.waitMs ?? backoff(connection.retryDelayMs, failures);
      if (failures++ >= connection.retries || wait > LONGEST_SERVER_WAIT_MS) {
        throw exhausted(error, failures, call);
      }
      const seconds = (wait / 1000).toLocaleString("en", { maximumFractionDigits: 1 });
      connection.onNote(`${subject.file ?? subject.repo}: ${error.message}; again in ${seconds} s`);
      await pause(wait, connection.signal);
    }
  }
}

function exhausted(
  error: PassingTrouble,
  attempts: number,
  { connection, subject }: HubCall,
): NeuriteError {
  const asked = error.waitMs === undefined
    ? ""
    : `, which asks to wait ${Math.ceil(error.waitMs / 1000).toLocaleString("en")} s`;
  return cannot("E-HUB", {
    do: subject.file === undefined ? "ask the Hub about" : `fetch ${subject.file} of`,
    thing: subject.repo,
    is: `${error.message}${asked}, after ${attempts} attempts in a row`,
    expected: `an answer from ${connection.endpoint}`,
    hint: "run the same command again: finished files and partial ones are kept. " +
      "A mirror is set by HF_ENDPOINT; HF_HUB_OFFLINE=1 uses the cache alone",
    cause: error,
  });
}

function backoff(first: number, failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, first * 2 ** failures);
}

/** Waits `milliseconds`; rejects with the signal's reason as soon as it aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    if (signal?.aborted) return fail(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      fail(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
