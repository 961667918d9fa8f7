/**
 * SIGTERM, SIGUSR1 and SIGINT: once means stop after this batch, twice means now.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import type { Log } from "./log.ts";

const NUMBERS = { SIGINT: 2, SIGUSR1: 10, SIGTERM: 15 } as const;
type WatchedSignal = keyof typeof NUMBERS;

/** The signals seen so far. */
export interface SignalWatch extends Disposable {
  /** Aborted at the first signal. Reading it says that the work will stop by itself. */
  readonly signal: AbortSignal;
  /** The first signal seen. */
  readonly received: WatchedSignal | undefined;
  /** What to exit with after stopping: 130 for SIGINT, 75 (run again) for the others. */
  readonly exitCode: number;
}

/**
 * Watches the signals that a person (SIGINT) or a cluster (SIGTERM, SIGUSR1) sends. The first one
 * aborts `signal`; a second one, or the first when nobody ever read `signal`, ends the process at
 * once with 128 + its number.
 */
export function watchSignals(log: Log, command: string): SignalWatch {
  const controller = new AbortController();
  let received: WatchedSignal | undefined;
  let isHeeded = false;
  const listeners: [WatchedSignal, () => void][] = [];

  function onSignal(name: WatchedSignal): void {
    if (received !== undefined || !isHeeded) {
      log.live("");
      Deno.exit(128 + NUMBERS[name]);
    }
    received = name;
    log.line(`${name}: stopping after this batch; once more to end at once`);
    controller.abort(cannot("E-STOPPED", {
      do: "finish",
      thing: command,
      is: `stopped by ${name}`,
      expected: "time to end",
      hint:
        "run the same command again; it begins with what is saved, where a script saves on the way",
    }));
  }

  for (const name of Object.keys(NUMBERS) as WatchedSignal[]) {
    const listener = () => onSignal(name);
    try {
      Deno.addSignalListener(name, listener);
      listeners.push([name, listener]);
    } catch {
      // Windows has SIGINT only.
    }
  }
  return {
    get signal() {
      isHeeded = true;
      return controller.signal;
    },
    get received() {
      return received;
    },
    get exitCode() {
      return received === "SIGINT" ? 130 : 75;
    },
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}
