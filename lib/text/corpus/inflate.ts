/**
 * gzip and Zstandard, streamed.
 *
 * @module
 */
import * as fzstd from "fzstd";
import { createGunzip } from "node:zlib";
import { cannot, NeuriteError } from "../../errors.ts";

// What goes in at once bounds what can come out: deflate makes at most 1,032 bytes of one, a block
// of Zstandard 128 KiB of four.
const GZIP_BYTES = 1 << 14;
const ZSTD_BYTES = 1 << 10;

function corrupt(place: string, form: string, error: unknown): NeuriteError {
  const what = error instanceof Error ? error.message : String(error);
  const isCut = /unexpected (end of file|EOF)/i.test(what);
  return cannot("E-CORPUS", {
    do: `decompress ${form}`,
    thing: place,
    is: isCut ? "cut short" : `damaged (${what})`,
    expected: `a whole ${form} file`,
    hint: "fetch or copy it again and compare its sha256",
    cause: error,
  });
}

function* parts(chunk: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes);
}

/**
 * Unpacks gzip, all members of the file. Node's unpacker and not `DecompressionStream`, which
 * refuses a second member.
 *
 * @throws {NeuriteError} E-CORPUS when it is cut short or damaged.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  place: string,
): AsyncGenerator<Uint8Array> {
  const stream = createGunzip();
  let made: Uint8Array[] = [];
  // After an error the stream calls back no more, so every wait is also a wait for the error.
  const failed = new Promise<never>((_, fail) => stream.on("error", fail));
  failed.catch(() => {});
  const ended = new Promise<void>((done) => stream.once("end", done));
  stream.on("data", (bytes: Uint8Array) => made.push(bytes));
  const take = () => {
    const taken = made;
    made = [];
    return taken;
  };
  const step = async (promise: Promise<void>) => {
    try {
      await Promise.race([failed, promise]);
    } catch (error) {
      throw corrupt(place, "gzip", error);
    }
  };
  try {
    for await (const chunk of source) {
      for (const part of parts(chunk, GZIP_BYTES)) {
        await step(new Promise((done) => stream.write(part, () => done())));
        yield* take();
      }
    }
    stream.end();
    await step(ended);
    yield* take();
  } finally {
    stream.destroy();
  }
}

/**
 * Unpacks Zstandard, all frames of the file. Content checksums are not verified.
 *
 * @throws {NeuriteError} E-CORPUS when it is cut short or damaged.
 */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
  place: string,
): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const stream = new fzstd.Decompress((bytes) => made.push(bytes));
  const push = (part: Uint8Array, isLast: boolean) => {
    try {
      stream.push(part, isLast);
    } catch (error) {
      throw corrupt(place, "Zstandard", error);
    }
    const taken = made;
    made = [];
    return taken;
  };
  for await (const chunk of source) {
    for (const part of parts(chunk, ZSTD_BYTES)) yield* push(part, false);
  }
  yield* push(new Uint8Array(0), true);
}
