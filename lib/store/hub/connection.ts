import type { HubSubject } from "./refusal.ts";
import type { HubSettings } from "./settings.ts";

/** Settings of one fetch: where the Hub is, and how patient to be. */
export interface HubConnection extends HubSettings {
  /** Attempts after the first that brought nothing new. */
  retries: number;
  /** Pause before the first repetition, in ms; doubles each time. */
  retryDelayMs: number;
  /** Silence after which a connection counts as cut, in ms. */
  stallMs: number;
  /** Ends everything; partial files stay for the next run. */
  signal?: AbortSignal | undefined;
  /** Told about each repetition. */
  onNote: (note: string) => void;
}

/** A request's connection, and what the request is about. */
export interface HubCall {
  /** Where to and how patiently. */
  connection: HubConnection;
  /** For messages. */
  subject: HubSubject;
}
