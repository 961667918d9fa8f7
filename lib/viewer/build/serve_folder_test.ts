import assert from "node:assert/strict";
import { join } from "node:path";
import { folderHandler, portOf, serveFolder } from "./serve_folder.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(join(folder, "viewer", "data"), { recursive: true });
    await Deno.writeTextFile(join(folder, "secret.js"), "secret");
    await Deno.writeTextFile(join(folder, "viewer", "index.html"), "<p>page</p>");
    await Deno.writeTextFile(join(folder, "viewer", "data", "model.js"), "neuriteData()");
    await Deno.writeTextFile(join(folder, "viewer", ".neurite.lock"), "lock");
    await Deno.symlink(join(folder, "secret.js"), join(folder, "viewer", "link.js"));
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("folderHandler() answers from the folder, with a policy and a type", () =>
  withFolder(async (folder) => {
    const handle = await folderHandler(join(folder, "viewer"));
    const page = await handle(new Request("http://127.0.0.1:8417/#/n/1.2"));
    assert.equal(await page.text(), "<p>page</p>");
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    const data = await handle(new Request("http://localhost:8417/data/model.js?x=1"));
    assert.equal(await data.text(), "neuriteData()");
    const head = await handle(new Request("http://127.0.0.1/index.html", { method: "HEAD" }));
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  }));

Deno.test("folderHandler() finds nothing outside the folder, by whatever path", () =>
  withFolder(async (folder) => {
    const handle = await folderHandler(join(folder, "viewer"));
    for (
      const path of [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/data/%2e%2e%2f%2e%2e%2fsecret.js",
        "/%2fetc%2fpasswd",
        "/..%5csecret.js",
        "/link.js",
        "/.neurite.lock",
        "/data",
        "/data/",
        "/%00",
        "/%ff",
        "/nothing.js",
      ]
    ) {
      const answer = await handle(new Request(`http://127.0.0.1${path}`));
      assert.equal(answer.status, 404, path);
      assert.equal(await answer.text(), "No such file.\n", path);
    }
  }));

Deno.test("folderHandler() refuses other names of this machine and other methods", () =>
  withFolder(async (folder) => {
    const handle = await folderHandler(join(folder, "viewer"));
    const rebound = await handle(new Request("http://viewer.example/index.html"));
    assert.equal(rebound.status, 403);
    const post = await handle(new Request("http://127.0.0.1/", { method: "POST", body: "x" }));
    assert.equal(post.status, 405);
  }));

Deno.test("serveFolder() serves until it is told to end, and names a taken port", () =>
  withFolder(async (folder) => {
    const stop = new AbortController();
    const listening = Promise.withResolvers<string>();
    const served = serveFolder(join(folder, "viewer"), {
      port: 0,
      signal: stop.signal,
      onListen: listening.resolve,
    });
    const address = await listening.promise;
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal(await (await fetch(address)).text(), "<p>page</p>");
    const port = Number(new URL(address).port);
    const again = { port, signal: stop.signal, onListen: () => {} };
    await assert.rejects(serveFolder(folder, again), {
      code: "E-BUSY",
      message: /another program/,
    });
    stop.abort();
    await served;
  }));

Deno.test("portOf() takes a port only with --serve", () => {
  assert.equal(portOf(["0"], { isServing: true }), 0);
  assert.equal(portOf([], { isServing: true }), portOf([], { isServing: false }));
  for (const text of ["65536", "-1", "x", "80.5"]) {
    assert.throws(() => portOf([text], { isServing: true }), { code: "E-USAGE" });
  }
  assert.throws(() => portOf(["80"], { isServing: false }), {
    code: "E-USAGE",
    message: /without/,
  });
});
