import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { readCorpus } from "./corpus.ts";
import { type HttpOptions } from "./http_source.ts";
import { openCorpus } from "./open_corpus.ts";

const LINES = ["one", "two", "naïve"].map((text) => JSON.stringify({ text })).join("\n");
const TABLE = new Uint8Array(parquetWriteBuffer({
  columnData: [{ name: "text", data: ["one", "two"], type: "STRING" }],
}));

interface Served {
  readonly url: string;
  readonly ranges: string[];
}

/** Serves files; `/gone` is not there, `/short` ends early, `/slow` says nothing after its head. */
async function withServer(use: (server: Served) => Promise<void>): Promise<void> {
  const ranges: string[] = [];
  const wake = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const headers = { etag: '"v1"' };
    if (pathname === "/gone.jsonl") return new Response("no", { status: 404 });
    if (pathname === "/moved.jsonl") {
      return new Response(null, { status: 302, headers: { location: "/a.jsonl" } });
    }
    const body = pathname.endsWith(".parquet") ? TABLE : new TextEncoder().encode(LINES);
    const length = pathname === "/short.jsonl" ? body.length + 9 : body.length;
    if (request.method === "HEAD") {
      return new Response(null, { headers: { ...headers, "content-length": String(length) } });
    }
    if (pathname === "/slow.jsonl") {
      const stream = new ReadableStream({
        start: (own) => void wake.promise.then(() => own.close()),
      });
      return new Response(stream);
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
    if (!range || pathname === "/whole.parquet") return new Response(body, { headers });
    ranges.push(range[0]);
    return new Response(body.slice(Number(range[1]), Number(range[2]) + 1), { status: 206 });
  });
  try {
    await use({ url: `http://127.0.0.1:${server.addr.port}`, ranges });
  } finally {
    wake.resolve();
    await server.shutdown();
  }
}

async function texts(url: string, options: HttpOptions = {}): Promise<string[]> {
  const { sources } = await openCorpus([url], options);
  return (await Array.fromAsync(readCorpus(sources))).map(({ text }) => text);
}

Deno.test("httpSource() streams a file, follows redirects and notes what the server says of it", () =>
  withServer(async ({ url }) => {
    assert.deepEqual(await texts(`${url}/a.jsonl`), ["one", "two", "naïve"]);
    assert.deepEqual(await texts(`${url}/moved.jsonl`), ["one", "two", "naïve"]);
    const { remote, inputs } = await openCorpus([`${url}/a.jsonl?token=secret`]);
    const bytes = new TextEncoder().encode(LINES).length;
    assert.deepEqual(remote, [{ url: `${url}/a.jsonl`, bytes, etag: '"v1"' }]);
    assert.deepEqual(inputs, []);
  }));

Deno.test("httpSource() reads Parquet by ranges", () =>
  withServer(async ({ url, ranges }) => {
    assert.deepEqual(await texts(`${url}/a.parquet`), ["one", "two"]);
    assert.ok(ranges.length > 0);
    await assert.rejects(texts(`${url}/whole.parquet`), {
      code: "E-CORPUS",
      message: /whole\.parquet": status 200 to a range, expected the whole file from its server$/,
    });
  }));

Deno.test("httpSource() says what a server did wrong", () =>
  withServer(async ({ url }) => {
    await assert.rejects(texts(`${url}/gone.jsonl?token=secret`), {
      code: "E-CORPUS",
      message: `Cannot fetch "${url}/gone.jsonl": status 404, ` +
        "expected the whole file from its server",
    });
    await assert.rejects(texts(`${url}/short.jsonl`), { message: /short\.jsonl": 47 of 56 bytes/ });
    await assert.rejects(texts(`${url}/slow.jsonl`, { stallMs: 50 }), {
      message: /": silence for/,
    });
  }));

Deno.test("openCorpus() takes any address, and refuses what is none", () =>
  withServer(async ({ url }) => {
    const { sources } = await openCorpus([`${url}/100%25.jsonl`, `${url}/100%.jsonl`]);
    assert.deepEqual(sources.map(({ name }) => name), ["100%.jsonl", "100%.jsonl"]);
    await assert.rejects(openCorpus(["http://"]), {
      code: "E-CORPUS",
      message: /^Cannot fetch "http:\/\/": no web address, /,
    });
  }));

Deno.test("httpSource() ends with the reason it was told to end", () =>
  withServer(async ({ url }) => {
    const stop = new AbortController();
    const { sources } = await openCorpus([`${url}/slow.jsonl`], { signal: stop.signal });
    setTimeout(() => stop.abort(new RangeError("enough")), 20);
    await assert.rejects(Array.fromAsync(readCorpus(sources)), { message: "enough" });
  }));

Deno.test("openCorpus() says that nothing answers at an address", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(),
  );
  const { port } = server.addr;
  await server.shutdown();
  await assert.rejects(openCorpus([`http://127.0.0.1:${port}/a.jsonl`]), { code: "E-CORPUS" });
});
