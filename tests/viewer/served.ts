/**
 * Folders over HTTP, as a reader may serve one.
 *
 * @module
 */
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Serves a folder on 127.0.0.1 while a job runs, which is told the paths that were asked for. */
export async function served<R>(
  folder: string,
  use: (address: string, reached: readonly string[]) => Promise<R>,
): Promise<R> {
  const reached: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = normalize(new URL(request.url).pathname);
    reached.push(path);
    const file = path === "/" ? "/index.html" : path;
    try {
      return new Response(await Deno.readFile(join(folder, file)), {
        headers: { "content-type": TYPES[extname(file)] ?? "application/octet-stream" },
      });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
  try {
    return await use(`http://127.0.0.1:${server.addr.port}/`, reached);
  } finally {
    await server.shutdown();
  }
}
