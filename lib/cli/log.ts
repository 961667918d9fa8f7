/**
 * What a script tells people, on stderr. Data goes to stdout and never passes here.
 *
 * @module
 */

/** Where the lines go; stderr but for tests. */
export interface Sink {
  /** Writes text at once. */
  write(text: string): void;
  /** Whether a line may be redrawn and coloured. */
  readonly isTerminal: boolean;
  /** Width in characters. */
  readonly columns: number;
}

/** The sink behind {@linkcode people}. */
export function stderrSink(): Sink {
  const encoder = new TextEncoder();
  const isTerminal = Deno.stderr.isTerminal();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
      } catch (error) {
        // Nobody reads any more; that must not end the work.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
    isTerminal,
    get columns() {
      try {
        return isTerminal ? Deno.consoleSize().columns : 80;
      } catch {
        return 80;
      }
    },
  };
}

const CLEAR_LINE = "\r\x1b[2K";

/** Lines for people, above at most one live line that is redrawn in place. */
export class Log {
  readonly #sink: Sink;
  #live = "";
  #warnings = 0;
  /** Drops notes; warnings and errors stay. */
  quiet = false;

  constructor(sink: Sink = stderrSink()) {
    this.#sink = sink;
  }

  /** How many warnings there were, repeated ones included. */
  get warnings(): number {
    return this.#warnings;
  }

  /** Begins to count warnings anew, for another script in this process. */
  forgetWarnings(): void {
    this.#warnings = 0;
  }

  /** Whether the live line can be redrawn. */
  get isTerminal(): boolean {
    return this.#sink.isTerminal;
  }

  /** One line for people. */
  note(text: string): void {
    if (!this.quiet) this.line(text);
  }

  /** One counted line that something is not as it should be; shown even with `--quiet`. */
  warn(text: string): void {
    this.#warnings++;
    this.line(`${this.paint("warning", "33")} ${text}`);
  }

  /** One line, whatever the settings. */
  line(text: string): void {
    this.#sink.write(`${this.#live && CLEAR_LINE}${text}\n${this.#live}`);
  }

  /** Draws or redraws the live line; `""` removes it. Nothing happens off a terminal. */
  live(text: string): void {
    if (!this.#sink.isTerminal) return;
    const cut = text.slice(0, Math.max(0, this.#sink.columns - 1));
    if (cut === this.#live) return;
    this.#sink.write(CLEAR_LINE + cut);
    this.#live = cut;
  }

  /** Colours a word on a terminal unless NO_COLOR is set. `ansi` is an SGR code. */
  paint(text: string, ansi: string): string {
    return this.#sink.isTerminal && !Deno.noColor ? `\x1b[${ansi}m${text}\x1b[0m` : text;
  }
}

/** The log of this process. */
export const people: Log = new Log();

/** Tells people one line on stderr; silent with `--quiet`. */
export function note(text: string): void {
  people.note(text);
}

/** Tells people of something that is not as it should be; counted in run.json. */
export function warn(text: string): void {
  people.warn(text);
}

/** How many warnings this process has given. */
export function warningCount(): number {
  return people.warnings;
}
