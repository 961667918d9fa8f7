/**
 * Progress on stderr: one redrawn line on a terminal, else a plain line every 30 s.
 *
 * @module
 */
import { type Log, people } from "./log.ts";
import { formatCount, formatDuration, formatNumber } from "./sizes.ts";

/** Settings of {@linkcode startProgress}. */
export interface ProgressOptions {
  /** What is being done: `"correlations"`. */
  label: string;
  /** How many units there are in all, where that is known from the start. @default {0} */
  total?: number;
  /** What a unit is: `"tokens"`. */
  unit?: string;
  /** Units done before this run, not counted in the rate. */
  start?: number;
  /** Where it is shown; the process's log when not said. */
  log?: Log;
  /** Milliseconds, rising; for tests. */
  now?: () => number;
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 30_000;

/**
 * A count that shows itself. It draws when it is advanced, never by a timer: GPU waits starve timers,
 * and a script that does nothing else should end.
 */
export class Progress implements Disposable {
  readonly #options: Required<ProgressOptions>;
  readonly #startedAt: number;
  #total: number;
  #done: number;
  #drawnAt: number;

  /** See {@linkcode startProgress}. */
  constructor(options: ProgressOptions) {
    this.#options = {
      unit: "",
      total: 0,
      start: 0,
      log: people,
      now: () => performance.now(),
      ...options,
    };
    this.#total = this.#options.total;
    this.#done = this.#options.start;
    this.#startedAt = this.#options.now();
    // A terminal sees the first advance at once; a log file only what lasts.
    this.#drawnAt = this.#options.log.isTerminal ? -Infinity : this.#startedAt;
  }

  /** Units done, those before this run included. */
  get done(): number {
    return this.#done;
  }

  /** Counts units as done. */
  advance(units = 1): void {
    this.set(this.#done + units);
  }

  /** Sets the number of units done, and of all where it was not known or has changed. */
  set(done: number, total: number = this.#total): void {
    this.#done = done;
    this.#total = total;
    const { log, now } = this.#options;
    if (log.quiet) return;
    const time = now();
    if (time - this.#drawnAt < (log.isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.#drawnAt = time;
    if (log.isTerminal) log.live(this.describe(time));
    else log.line(this.describe(time));
  }

  /** The line: label, count, share, rate and time left. */
  describe(time: number = this.#options.now()): string {
    const { label, unit, start } = this.#options;
    const total = this.#total;
    const seconds = (time - this.#startedAt) / 1000;
    const rate = seconds > 0 ? (this.#done - start) / seconds : 0;
    const parts = [
      `${label} ${formatCount(this.#done)}/${formatCount(total)}${unit && ` ${unit}`}`,
    ];
    if (total > 0) parts.push(`${Math.floor(100 * Math.min(1, this.#done / total))} %`);
    if (rate > 0) {
      parts.push(`${formatNumber(rate, 3)}${unit && ` ${unit}`}/s`);
      if (this.#done < total) parts.push(`${formatDuration((total - this.#done) / rate)} left`);
    }
    return parts.join(", ");
  }

  /** Removes the live line and notes what was done in what time. */
  [Symbol.dispose](): void {
    const { log, label, unit, start, now } = this.#options;
    log.live("");
    const count = this.#done - start;
    const seconds = (now() - this.#startedAt) / 1000;
    log.note(`${label}: ${formatCount(count)}${unit && ` ${unit}`} in ${formatDuration(seconds)}`);
  }
}

/**
 * Starts showing progress. Nothing is shown with `--quiet`.
 *
 * @example Usage
 * ```ts
 * import { startProgress } from "neurite/lib/cli/progress.ts";
 *
 * using progress = startProgress({ label: "forward", total: 490, unit: "prompts" });
 * for (let i = 0; i < 490; i += 70) progress.advance(70);
 * if (progress.done !== 490) throw new Error("unreachable");
 * ```
 */
export function startProgress(options: ProgressOptions): Progress {
  return new Progress(options);
}
