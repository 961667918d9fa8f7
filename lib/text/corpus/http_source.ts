/**
 * Corpora on web servers.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import type { ByteSource } from "./byte_source.ts";

/** How a file is asked for. */
export interface HttpOptions {
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** Silence after which a connection counts as cut, in ms. @default {60_000} */
  readonly stallMs?: number;
  /** Sent with every request; a redirect to another origin does not carry `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server says of a file before it is read. */
export interface RemoteFacts {
  readonly bytes: number | null;
  /** The server's mark of this version of the content, as it came. */
  readonly etag: string | null;
}

function complain(url: string, is: string, cause?: unknown): NeuriteError {
  return cannot("E-CORPUS", {
    do: "fetch",
    thing: url.split(/[?#]/, 1)[0]!,
    is,
    expected: "the whole file from its server",
    hint: "run the same command again, or fetch the file first and give its path",
    cause,
  });
}

/** A clock that aborts a request in which nothing is heard. */
function patience({ signal, stallMs = 60_000 }: HttpOptions) {
  const own = new AbortController();
  const fire = () => own.abort(new TypeError(`silence for ${stallMs / 1000} s`));
  let timer = setTimeout(fire, stallMs);
  return {
    signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
    heard() {
      clearTimeout(timer);
      timer = setTimeout(fire, stallMs);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

async function ask(url: string, init: RequestInit, options: HttpOptions): Promise<Response> {
  let response: Response;
  try {
    // Compressed bodies would make lengths and ranges mean something else.
    const headers = { "accept-encoding": "identity", ...options.headers, ...init.headers };
    response = await fetch(url, { ...init, headers });
  } catch (error) {
    throw inOurWords(error, url, options);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw complain(url, `status ${response.status}`);
}

function inOurWords(error: unknown, url: string, { signal }: HttpOptions): unknown {
  if (signal?.aborted) return signal.reason;
  const attempt = { do: "fetch", thing: new URL(url).host };
  if (error instanceof Deno.errors.NotCapable) return explainSystemError(error, attempt);
  if (!(error instanceof Error)) return error;
  // fetch wraps the reason several times; the last one says what happened.
  let inner: Error = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return complain(url, inner.message.replace(/ \(https?:[^)]*\)/g, ""), error);
}

/**
 * Asks for a file's length and version, without its content.
 *
 * @throws {NeuriteError} E-CORPUS when the server refuses or cannot be reached.
 */
export async function remoteFacts(url: string, options: HttpOptions = {}): Promise<RemoteFacts> {
  if (!URL.canParse(url)) throw complain(url, "no web address");
  using clock = patience(options);
  const { headers, body } = await ask(url, { method: "HEAD", signal: clock.signal }, options);
  await body?.cancel();
  const length = headers.get("content-length");
  const isLength = length !== null && /^\d{1,15}$/.test(length);
  return { bytes: isLength ? Number(length) : null, etag: headers.get("etag") };
}

/** The last part of an address; as it stands where its percent signs stand for nothing. */
function fileName(url: string): string {
  const name = new URL(url).pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A file on a web server: streamed, or read by ranges where the server heeds them. */
export function httpSource(
  url: string,
  bytes: number | null,
  options: HttpOptions = {},
): ByteSource {
  const fail = (error: unknown) => inOurWords(error, url, options);
  return {
    name: fileName(url),
    place: url.split(/[?#]/, 1)[0]!,
    ...(bytes === null ? {} : { bytes }),
    async *read() {
      using clock = patience(options);
      const { body } = await ask(url, { signal: clock.signal }, options);
      const reader = body?.getReader();
      let came = 0;
      try {
        while (reader) {
          const { value, done } = await reader.read().catch((error) => {
            throw fail(error);
          });
          if (done) break;
          clock.heard();
          came += value.length;
          yield value;
        }
      } finally {
        await reader?.cancel().catch(() => {});
      }
      if (bytes !== null && came !== bytes) throw complain(url, `${came} of ${bytes} bytes came`);
    },
    async withRanges(use) {
      if (bytes === null) throw complain(url, "a file of unknown length");
      return await use({
        byteLength: bytes,
        async slice(start, end = bytes) {
          using clock = patience(options);
          const headers = { range: `bytes=${start}-${end - 1}` };
          const response = await ask(url, { headers, signal: clock.signal }, options);
          if (response.status !== 206) {
            await response.body?.cancel();
            throw complain(url, `status ${response.status} to a range`);
          }
          const content = await response.arrayBuffer().catch((error) => {
            throw fail(error);
          });
          if (content.byteLength === end - start) return content;
          throw complain(url, `${content.byteLength} of ${end - start} bytes of a range came`);
        },
      });
    },
  };
}
