import { deepEqual, doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { fetchModel } from "neurite/lib/store/hub/mod.ts";
import { blobPath, cachedRepo } from "neurite/lib/store/hub/cache.ts";
import { partialPath } from "neurite/lib/store/hub/cache_partial.ts";
import { sha256 } from "./hub_server.ts";
import { bytes, openSandbox, type Sandbox, smallModel } from "./sandbox.ts";

const WEIGHTS = bytes(200_000);
const NAME = "model.safetensors";
const AT_STORE = { origin: "storage", path: /model\.safetensors$/ } as const;

function openModel(): Promise<Sandbox> {
  return openSandbox({ repos: { "org/model": smallModel(WEIGHTS) } });
}

async function weightsOf(directory: string): Promise<Uint8Array> {
  return await Deno.readFile(join(directory, NAME));
}

function partialOf(box: Sandbox): string {
  return partialPath(blobPath(cachedRepo(box.cacheDir, "org/model"), sha256(WEIGHTS)));
}

async function plantPartial(box: Sandbox, content: Uint8Array): Promise<void> {
  const path = partialOf(box);
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeFile(path, content);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("fetchModel() goes on where each cut connection stopped", async () => {
  await using box = await openModel();
  for (const afterBytes of [70_000, 1, 60_000]) {
    box.hub.fail({ ...AT_STORE, fault: { kind: "cut", afterBytes } });
  }
  const { directory, receivedBytes } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
  const small = Object.entries(smallModel().files)
    .filter(([name]) => ["config.json", "generation_config.json", "tokenizer.json"].includes(name))
    .reduce((sum, [, content]) => sum + content.length, 0);
  // Nothing came twice.
  equal(receivedBytes, WEIGHTS.length + small);
  const seen = box.hub.downloads(NAME).filter(({ origin }) => origin === "storage");
  deepEqual(seen.map(({ range }) => range), [
    null,
    "bytes=70000-",
    "bytes=70001-",
    "bytes=130001-",
  ]);
  deepEqual(seen.map(({ ifRange }) => ifRange), [null, ...Array(3).fill('"store-1"')]);
  equal(box.notes.length, 3);
});

Deno.test("fetchModel() gives up after its retries, and the next run goes on", async () => {
  await using box = await openModel();
  box.hub.fail({ ...AT_STORE, fault: { kind: "cut", afterBytes: 80_000 } });
  box.hub.fail({ ...AT_STORE, times: 3, fault: { kind: "cut", afterBytes: 0 } });
  const impatient = { ...box.options, retries: 2 };
  await rejects(fetchModel("org/model", impatient), {
    code: "E-HUB",
    message: /3 attempts in a row/,
  });
  equal((await Deno.stat(partialOf(box))).size, 80_000);
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
  ok(!await isThere(partialOf(box)));
  equal(box.hub.downloads(NAME).at(-1)!.range, "bytes=80000-");
});

Deno.test("fetchModel() starts over when the stored object was replaced in between", async () => {
  await using box = await openModel();
  box.hub.fail({ ...AT_STORE, fault: { kind: "cut", afterBytes: 50_000 } });
  const onNote = () => {
    box.hub.storeGeneration++;
  };
  const { directory, receivedBytes } = await fetchModel("org/model", { ...box.options, onNote });
  deepEqual(await weightsOf(directory), WEIGHTS);
  ok(receivedBytes >= WEIGHTS.length + 50_000);
  equal(box.hub.downloads(NAME).at(-1)!.ifRange, '"store-1"');
});

Deno.test("fetchModel() takes the whole file when the server knows no ranges", async () => {
  await using box = await openModel();
  box.hub.servesRanges = false;
  await plantPartial(box, WEIGHTS.subarray(0, 1_000));
  box.hub.fail({ ...AT_STORE, fault: { kind: "cut", afterBytes: 5_000 } });
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
});

Deno.test("fetchModel() starts over once when what an earlier run left does not fit", async () => {
  await using box = await openModel();
  await plantPartial(box, bytes(1_000, 99));
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
  ok(box.notes.some((note) => note.includes("does not fit")));
});

Deno.test("fetchModel() drops a partial file longer than the file", async () => {
  await using box = await openModel();
  await plantPartial(box, bytes(WEIGHTS.length + 1));
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
});

Deno.test("fetchModel() only checks a partial file that is whole", async () => {
  await using box = await openModel();
  await plantPartial(box, WEIGHTS);
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await weightsOf(directory), WEIGHTS);
  equal(box.hub.downloads(NAME).length, 0);
});

Deno.test("fetchModel() asks again after 500, 429 and silence, on the API too", async () => {
  await using box = await openModel();
  const busy = { "retry-after": "0" };
  box.hub.fail({ path: /\/revision\//, fault: { kind: "status", status: 500 } });
  box.hub.fail({ path: /\/tree\//, fault: { kind: "status", status: 429, headers: busy } });
  box.hub.fail({ path: /\/tree\//, fault: { kind: "cut", afterBytes: 10 } });
  box.hub.fail({ path: /\/config\.json$/, fault: { kind: "status", status: 502 } });
  box.hub.fail({ ...AT_STORE, fault: { kind: "stall", afterBytes: 100 } });
  const { directory } = await fetchModel("org/model", {
    ...box.options,
    stallMs: 200,
    retryDelayMs: 50,
  });
  deepEqual(await weightsOf(directory), WEIGHTS);
  ok(box.notes.includes("org/model: status 429; again in 0 s"), box.notes.join("\n"));
  equal(
    box.notes.filter((note) => /status 500|status 429|status 502|silence/.test(note)).length,
    4,
  );
});

Deno.test("fetchModel() says so when the server asks for a longer wait than is sensible", async () => {
  await using box = await openModel();
  for (const headers of [{ "retry-after": "3600" }, { ratelimit: '"api";r=0;t=3600' }]) {
    box.hub.fail({ path: /\/revision\//, fault: { kind: "status", status: 429, headers } });
    await rejects(fetchModel("org/model", box.options), {
      code: "E-HUB",
      message: /status 429, which asks to wait 3,600 s, after 1 attempts/,
    });
  }
});

Deno.test("fetchModel() names the host when nothing listens there", async () => {
  await using box = await openModel();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const options = { ...box.options, endpoint: `http://127.0.0.1:${port}`, retries: 1 };
  await rejects(fetchModel("org/model", options), (error: Error) => {
    match(
      error.message,
      new RegExp(`Connection refused.*expected an answer from .*:${port}$`, "s"),
    );
    doesNotMatch(error.message, /for url:/);
    return true;
  });
});

Deno.test("fetchModel() twice at once downloads each blob once", async () => {
  await using box = await openModel();
  const both = await Promise.all([1, 2].map(() => fetchModel("org/model", box.options)));
  deepEqual(await weightsOf(both[0]!.directory), WEIGHTS);
  equal(box.hub.downloads(NAME).filter(({ origin }) => origin === "storage").length, 1);
  ok(box.notes.some((note) => note.includes("another process")));
});

Deno.test("fetchModel() does without locks on a file system that has none", async () => {
  await using box = await openModel();
  const { tryLock } = Deno.FsFile.prototype;
  // What Lustre without its flock option answers.
  Deno.FsFile.prototype.tryLock = () =>
    Promise.reject(Object.assign(new Error("Function not implemented (os error 38)"), {
      code: "ENOSYS",
    }));
  try {
    const { directory } = await fetchModel("org/model", box.options);
    deepEqual(await weightsOf(directory), WEIGHTS);
  } finally {
    Deno.FsFile.prototype.tryLock = tryLock;
  }
});

Deno.test("fetchModel() leaves a partial file alone whose holder stands still", async () => {
  await using box = await openModel();
  await plantPartial(box, WEIGHTS.subarray(0, 10));
  using holder = await Deno.open(partialOf(box), { read: true, write: true });
  await holder.lock(true);
  const { directory } = await fetchModel("org/model", { ...box.options, stallMs: 400 });
  deepEqual(await weightsOf(directory), WEIGHTS);
  equal((await holder.stat()).size, 10);
});

Deno.test({
  name: "fetchModel() tells how much space was needed when the disk is full",
  // The device that is always full is Linux's.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using box = await openModel();
    const path = partialOf(box);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.symlink("/dev/full", path);
    await rejects(fetchModel("org/model", box.options), {
      code: "E-FILE-FULL",
      message: /no space left on the disk, expected 200,000 bytes more/,
    });
  },
});
