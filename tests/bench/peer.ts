/**
 * A Python peer as a child process: one command a line in, one JSON line out.
 *
 * @module
 */
import { TextLineStream } from "./text_line_stream.ts";

/** A running peer. */
export class Peer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(python: string, args: readonly string[]) {
    this.#child = new Deno.Command(python, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** The child's process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a command and waits for its answer. */
  async ask<Answer>(command: string): Promise<Answer> {
    await this.#writer.write(new TextEncoder().encode(command + "\n"));
    const { value, done } = await this.#lines.read();
    if (done) throw new Error(`the peer ended at "${command}"`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`the peer failed at "${command}": ${answer.error}`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.cancel().catch(() => {});
    await this.#child.status;
  }
}
