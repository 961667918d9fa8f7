import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { readCorpus } from "./corpus.ts";
import { openHubDataset } from "./hub_dataset.ts";

const COMMIT = "c".repeat(40);
const FILES: Record<string, Uint8Array<ArrayBuffer>> = {
  "README.md": new TextEncoder().encode("# not text"),
  "data/test-00001.jsonl.gz": new Uint8Array(gzipSync('{"text":"two"}\n')),
  "data/test-00000.jsonl": new TextEncoder().encode('{"text":"one"}\n'),
  "data/train.txt": new TextEncoder().encode("three"),
};

interface Seen {
  readonly origin: "hub" | "storage";
  readonly path: string;
  readonly authorization: string | null;
}

/** A Hub with one dataset, `org/set`, whose files lie on a second origin. */
async function withHub(use: (endpoint: string, seen: Seen[]) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  const settings = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const see = (request: Request, origin: Seen["origin"]) => {
    const path = new URL(request.url).pathname;
    seen.push({ origin, path, authorization: request.headers.get("authorization") });
    return path;
  };
  const storage = Deno.serve(
    settings,
    (request) => new Response(FILES[see(request, "storage").slice(1)]!),
  );
  const hub = Deno.serve(settings, (request) => {
    const path = see(request, "hub");
    const base = "/api/datasets/org/set";
    if (path === `${base}/revision/main`) {
      return Response.json({ _id: "1", id: "org/set", sha: COMMIT });
    }
    if (path === `${base}/tree/${COMMIT}`) {
      const entries = Object.entries(FILES).map(([path, { length }]) => (
        { type: "file", path, size: length, oid: "d".repeat(40) }
      ));
      return Response.json([{ type: "directory", path: "data", size: 0, oid: "e" }, ...entries]);
    }
    const file = path.split(`/datasets/org/set/resolve/${COMMIT}/`)[1];
    if (file === undefined) {
      return new Response("no", { status: 404, headers: { "x-error-code": "RepoNotFound" } });
    }
    const location = `http://127.0.0.1:${storage.addr.port}/${file}`;
    return new Response(null, { status: 302, headers: { location } });
  });
  try {
    await use(`http://127.0.0.1:${hub.addr.port}`, seen);
  } finally {
    await Promise.all([hub.shutdown(), storage.shutdown()]);
  }
}

const online = (endpoint: string, token = "") => ({ endpoint, token, offline: false });

Deno.test("openHubDataset() streams a dataset's readable files in order, the token for the Hub only", () =>
  withHub(async (endpoint, seen) => {
    const settings = online(endpoint, "secret");
    const { sources, remote } = await openHubDataset("org/set", { split: "test", settings });
    const texts = (await Array.fromAsync(readCorpus(sources))).map(({ text }) => text);
    assert.deepEqual(texts, ["one", "two"]);
    assert.deepEqual(remote[0], {
      url: `${endpoint}/datasets/org/set/resolve/${COMMIT}/data/test-00000.jsonl`,
      bytes: FILES["data/test-00000.jsonl"]!.length,
      etag: "d".repeat(40),
    });
    for (const { origin, authorization } of seen) {
      assert.equal(authorization, origin === "hub" ? "Bearer secret" : null, origin);
    }
    assert.ok(seen.some(({ origin }) => origin === "storage"));
    const all = await openHubDataset(`org/set@${COMMIT}`, { settings });
    assert.equal(all.sources.length, 3);
  }));

Deno.test("openHubDataset() says what is not there", () =>
  withHub(async (endpoint) => {
    const settings = online(endpoint);
    await assert.rejects(openHubDataset("org/other", { settings }), {
      code: "E-HUB",
      message:
        /^Cannot open repository "datasets\/org\/other": an unknown repository, or a private/,
    });
    await assert.rejects(openHubDataset("org/set", { split: "validation", settings }), {
      code: "E-CORPUS",
      message: 'Cannot read dataset "org/set": no file with "validation" in its path, ' +
        "expected Parquet, JSON lines or text files",
    });
    await assert.rejects(openHubDataset("../etc", { settings }), { code: "E-USAGE" });
    const offline = { ...settings, offline: true };
    await assert.rejects(openHubDataset("org/set", { settings: offline }), {
      code: "E-HUB-OFFLINE",
    });
  }));

Deno.test("openHubDataset() waits neither for a Hub that is silent nor when it is told to stop", async () => {
  const wake = Promise.withResolvers<Response>();
  const settings = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const hub = Deno.serve(settings, () => wake.promise);
  const ask = { settings: online(`http://127.0.0.1:${hub.addr.port}`) };
  try {
    await assert.rejects(openHubDataset("org/set", { ...ask, stallMs: 50 }), {
      code: "E-CORPUS",
      message: /^Cannot read dataset "org\/set": silence for 0\.05 s, expected an answer from http/,
    });
    const signal = AbortSignal.abort(new RangeError("enough"));
    await assert.rejects(openHubDataset("org/set", { ...ask, signal }), { message: "enough" });
  } finally {
    wake.resolve(new Response());
    await hub.shutdown();
  }
});
