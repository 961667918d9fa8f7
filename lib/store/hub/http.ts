/**
 * Requests to the Hub: redirects followed by hand so that the token never leaves the endpoint,
 * silence cut short, failures sorted into those worth repeating and those that are final.
 *
 * @module
 */
import { cannot, NeuriteError } from "../../errors.ts";
import type { HubCall, HubConnection } from "./connection.ts";
import { finalRefusal, type HubSubject } from "./refusal.ts";
import { PassingTrouble } from "./retry.ts";

/** What the first hop of a download says about the file behind the redirect. */
export interface LinkedFile {
  /** `X-Linked-Etag`, as it came. */
  etag?: string | undefined;
  /** `X-Linked-Size`, as it came. */
  bytes?: string | undefined;
  /** `X-Repo-Commit`. */
  commit?: string | undefined;
}

/** An answer with what its redirects said; `close` must be called when the body is done with. */
export interface HubAnswer {
  /** The last hop's answer. */
  response: Response;
  /** What the hops said about the file. */
  linked: LinkedFile;
  /** Starts the silence clock anew; called for each piece of the body. */
  heard: () => void;
  /** Stops the silence clock. */
  close: () => void;
}

const MAX_REDIRECTS = 10;

/** An address without its query, which on storage hosts is a signature. */
export function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0]!;
}

/**
 * One GET, redirects followed. Resolves for 2xx and 416 only.
 *
 * @throws {PassingTrouble} for network errors, silence, 408, 429 and 5xx.
 * @throws {NeuriteError} `E-HUB` for every other answer.
 */
export async function send(
  url: string,
  { connection, subject }: HubCall,
  given?: HeadersInit,
): Promise<HubAnswer> {
  if (connection.offline) throw new TypeError(`Cannot request "${url}": offline, expected a cache`);
  const silence = silenceClock(connection);
  const linked: LinkedFile = {};
  try {
    let here = new URL(url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await fetch(here, {
        headers: headersFor(here, given, connection),
        redirect: "manual",
        signal: silence.signal,
      });
      silence.heard();
      noteLinked(linked, response.headers);
      if (response.status < 300 || response.status > 399 || response.status === 304) {
        await refuseBadStatus(response, connection, subject);
        return { response, linked, heard: silence.heard, close: silence.stop };
      }
      await response.body?.cancel();
      here = nextHop(here, response, subject);
    }
    throw cannot("E-HUB", {
      do: "fetch",
      thing: withoutQuery(url),
      is: `more than ${MAX_REDIRECTS} redirects`,
      expected: "an answer",
      hint: "check HF_ENDPOINT",
    });
  } catch (error) {
    silence.stop();
    throw sorted(error, url, connection);
  }
}

/** Turns what `fetch` or a body threw into {@linkcode PassingTrouble}, errors of ours unchanged. */
export function sorted(error: unknown, url: string, connection: HubConnection): unknown {
  if (connection.signal?.aborted) return connection.signal.reason;
  if (error instanceof NeuriteError || error instanceof PassingTrouble) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return cannot("E-FILE-PERMISSION", {
      do: "connect to",
      thing: new URL(url).host,
      is: "no permission for the network",
      expected: "--allow-net",
      hint: "deno task fetch-model <id> carries the permissions",
      cause: error,
    });
  }
  if (!(error instanceof TypeError) && !(error instanceof Deno.errors.Http)) return error;
  return new PassingTrouble(rootMessage(error), { cause: error });
}

function headersFor(url: URL, given: HeadersInit | undefined, connection: HubConnection): Headers {
  const headers = new Headers(given);
  headers.set("user-agent", "neurite");
  // Compressed bodies would make Content-Length and ranges mean something else.
  headers.set("accept-encoding", "identity");
  const own = url.origin === new URL(connection.endpoint).origin;
  if (own && connection.token !== undefined) {
    headers.set("authorization", `Bearer ${connection.token}`);
  }
  return headers;
}

function noteLinked(linked: LinkedFile, headers: Headers): void {
  linked.etag ??= headers.get("x-linked-etag") ?? undefined;
  linked.bytes ??= headers.get("x-linked-size") ?? undefined;
  linked.commit ??= headers.get("x-repo-commit") ?? undefined;
}

function nextHop(here: URL, response: Response, subject: HubSubject): URL {
  const location = response.headers.get("location") ?? "";
  const there = URL.canParse(location, here) ? new URL(location, here) : undefined;
  const downgrade = here.protocol === "https:" && there?.protocol !== "https:";
  if (there && /^https?:$/.test(there.protocol) && !downgrade) return there;
  throw cannot("E-HUB", {
    do: "follow a redirect for",
    thing: subject.repo,
    is: `status ${response.status} to "${withoutQuery(location).slice(0, 200)}"`,
    expected: here.protocol === "https:" ? "an https address" : "a web address",
    hint: "check HF_ENDPOINT",
  });
}

async function refuseBadStatus(
  response: Response,
  connection: HubConnection,
  subject: HubSubject,
): Promise<void> {
  const { status, headers } = response;
  if ((status >= 200 && status <= 299) || status === 416) return;
  await response.body?.cancel();
  if (status === 408 || status === 429 || status >= 500) {
    throw new PassingTrouble(`status ${status}`, { waitMs: serverWait(headers) });
  }
  throw finalRefusal(response, subject, connection);
}

/** `Retry-After` in seconds or as a date, or the `t=` of the Hub's `RateLimit`. */
function serverWait(headers: Headers): number | undefined {
  const after = headers.get("retry-after")?.trim();
  const limited = headers.get("ratelimit")?.match(/;\s*r=0\s*;\s*t=(\d{1,9})/)?.[1];
  const seconds = after !== undefined && /^\d{1,9}$/.test(after) ? after : limited;
  if (seconds !== undefined) return 1000 * Number(seconds);
  const date = Date.parse(after ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function silenceClock(connection: HubConnection) {
  const own = new AbortController();
  const silent = () =>
    own.abort(
      new PassingTrouble(`silence for ${(connection.stallMs / 1000).toLocaleString("en")} s`),
    );
  let timer = setTimeout(silent, connection.stallMs);
  const stop = () => clearTimeout(timer);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(silent, connection.stallMs);
  };
  const { signal } = connection;
  return { signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal, heard, stop };
}

function rootMessage(error: Error): string {
  // fetch wraps the reason several times; the last one says what happened.
  let inner: Error = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return withoutQuery(inner.message.replace(/(?: for url)? \(https?:[^)]*\)/g, ""));
}
