/**
 * What a caller may say about a fetch, and the patience behind it.
 *
 * @module
 */
import type { HubConnection } from "./connection.ts";
import { type HubSettings, hubSettings } from "./settings.ts";

/** How far a fetch is. */
export interface FetchProgress {
  /** Bytes of the model that are on disk. */
  doneBytes: number;
  /** Bytes it has in all. */
  totalBytes: number;
  /** The file the last bytes belong to. */
  file: string;
}

/** Options of {@linkcode fetchModel}; the settings default to the environment's. */
export interface FetchOptions extends Partial<HubSettings> {
  /** Branch, tag or commit. @default {"main"} */
  revision?: string | undefined;
  /** Attempts in a row that may bring nothing, after the first. @default {5} */
  retries?: number;
  /** Pause before the first repetition, in ms; doubles each time up to 30 s. @default {500} */
  retryDelayMs?: number;
  /** Silence after which a connection counts as cut, in ms. @default {30000} */
  stallMs?: number;
  /** Files fetched at the same time. @default {2} */
  concurrency?: number;
  /** Stops the fetch; what is on disk stays for the next run. */
  signal?: AbortSignal | undefined;
  /** Told after each piece of a file. */
  onProgress?: (progress: FetchProgress) => void;
  /** Told about repetitions, waiting and copies in place of links. */
  onNote?: (note: string) => void;
}

/** The connection that options ask for. */
export function connectionOf(options: FetchOptions): HubConnection {
  return {
    ...hubSettings(options),
    retries: options.retries ?? 5,
    retryDelayMs: options.retryDelayMs ?? 500,
    stallMs: options.stallMs ?? 30_000,
    signal: options.signal,
    onNote: options.onNote ?? (() => {}),
  };
}
