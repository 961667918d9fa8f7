/**
 * A viewer folder over HTTP, for browsers on the same machine.
 *
 * @module
 */
import { extname, join, sep } from "node:path";
import { cannot } from "../../errors.ts";
import { isInsidePath } from "../../store/run/relative_path.ts";

/** The only address that is listened on. */
export const LOCAL_ADDRESS = "127.0.0.1";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Nothing but the folder's own files is run, drawn or asked for. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
} as const;

function answer(status: number, text: string): Response {
  const headers = { ...HEADERS, "content-type": "text/plain; charset=utf-8" };
  return new Response(`${text}\n`, { status, headers });
}

/** The file that a path of a URL names, by its path without links; undefined where there is none. */
async function fileAt(root: string, path: string): Promise<string | undefined> {
  let name: string;
  try {
    name = decodeURIComponent(path.slice(1)) || "index.html";
  } catch {
    return undefined;
  }
  if (!isInsidePath(name)) return undefined;
  const real = await Deno.realPath(join(root, name)).catch(() => undefined);
  if (real === undefined || !real.startsWith(root + sep)) return undefined;
  return (await Deno.stat(real)).isFile ? real : undefined;
}

/**
 * Answers requests from the files of a folder. Paths that leave it, by `..` or by a link, are not found;
 * a request under another name than this machine's own is refused, for a page elsewhere could have had
 * its name lead here.
 */
export async function folderHandler(
  directory: string,
): Promise<(request: Request) => Promise<Response>> {
  const root = await Deno.realPath(directory);
  return async (request) => {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== LOCAL_ADDRESS && hostname !== "localhost") {
      return answer(403, "Only by 127.0.0.1.");
    }
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "Only to read.");
    const path = await fileAt(root, pathname);
    if (path === undefined) return answer(404, "No such file.");
    const headers = {
      ...HEADERS,
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
    };
    if (request.method === "HEAD") return new Response(null, { headers });
    const file = await Deno.open(path);
    return new Response(file.readable, { headers });
  };
}

/** Where the folder is found when no port is said: a bookmark holds for the next time. */
const USUAL_PORT = 8417;

/**
 * The port of `--serve [port]`.
 *
 * @throws {NeuriteError} E-USAGE when it is none, or nothing is served.
 */
export function portOf(
  [text]: readonly string[],
  { isServing }: { isServing: boolean },
): number {
  if (text === undefined) return USUAL_PORT;
  const isPort = /^\d{1,5}$/.test(text) && Number(text) < 2 ** 16;
  if (isServing && isPort) return Number(text);
  throw cannot("E-USAGE", {
    do: "take as a port",
    thing: text,
    is: isServing ? "no number from 0 to 65535" : "a number without --serve",
    expected: "--serve, or --serve and a port",
    hint: "--serve 0 takes a free one",
  });
}

/** How {@linkcode serveFolder} listens. */
export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told the address once it answers. */
  readonly onListen: (address: string) => void;
}

/**
 * Serves a folder on 127.0.0.1 until `signal` is aborted.
 *
 * @throws {NeuriteError} E-BUSY when the port is taken.
 */
export async function serveFolder(directory: string, options: ServeOptions): Promise<void> {
  const { port, signal, onListen } = options;
  const handler = await folderHandler(directory);
  const listening = {
    hostname: LOCAL_ADDRESS,
    port,
    signal,
    onListen: (address: Deno.NetAddr) => onListen(`http://${LOCAL_ADDRESS}:${address.port}/`),
  };
  let server;
  try {
    server = Deno.serve(listening, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw cannot("E-BUSY", {
      do: "serve on",
      thing: `${LOCAL_ADDRESS}:${port}`,
      is: "a port that another program listens on",
      expected: "a free one",
      hint: "--serve 0 takes a free one",
      cause: error,
    });
  }
  await server.finished;
}
