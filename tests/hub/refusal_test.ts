import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { NeuriteError } from "neurite/lib/errors.ts";
import { fetchModel } from "neurite/lib/store/hub/mod.ts";
import type { Fault } from "./hub_faults.ts";
import type { HubServerOptions } from "./hub_server.ts";
import { bytes, openSandbox, type Sandbox, smallModel } from "./sandbox.ts";

const TOKEN = "hf_right";
const AT_STORE = { origin: "storage", path: /model\.safetensors$/ } as const;

async function failure(box: Sandbox, source: string, more = {}): Promise<NeuriteError> {
  try {
    await fetchModel(source, { ...box.options, ...more });
  } catch (error) {
    if (error instanceof NeuriteError) return error;
    throw error;
  }
  throw new Error(`"${source}" was fetched`);
}

async function blobs(box: Sandbox): Promise<string[]> {
  const found: string[] = [];
  const directory = join(box.cacheDir, "models--org--model", "blobs");
  for await (const { name } of Deno.readDir(directory)) found.push(name);
  return found;
}

Deno.test("fetchModel() sends the token to the Hub's own origin and nowhere else", async () => {
  const model = { ...smallModel(), gated: true, private: true };
  const server = { repos: { "openai-community/gpt2": model }, token: TOKEN };
  await using box = await openSandbox({ ...server, legacy: { gpt2: "openai-community/gpt2" } });
  await fetchModel("gpt2", { ...box.options, token: TOKEN });
  const sent = (origin: string) =>
    new Set(
      box.hub.requests.filter((one) => one.origin === origin).map((one) => one.authorization),
    );
  deepEqual(sent("hub"), new Set([`Bearer ${TOKEN}`]));
  deepEqual(sent("storage"), new Set([null]));
});

Deno.test("fetchModel() says what each refusal means, asks once, and never prints the token", async () => {
  const repos = {
    "org/gated": { ...smallModel(), gated: true },
    "org/private": { ...smallModel(), private: true },
    "org/model": smallModel(),
  };
  await using box = await openSandbox({ repos, token: TOKEN });
  const cases: [string, object, RegExp, RegExp][] = [
    ["org/gated", {}, /a gated repository \(status 401\), expected HF_TOKEN/, /accept the terms/],
    ["org/private", {}, /an unknown repository, or a private one \(status 401\)/, /needs HF_TOKEN/],
    ["org/nobody", {}, /an unknown repository, or a private one \(status 401\)/, /check the name/],
    ["org/nobody", { token: TOKEN }, /expected a repository HF_TOKEN may read/, /check the name/],
    ["org/model@v9", {}, /no revision "v9" \(status 404\)/, /tree\/main lists them/],
    ["org/model", { token: "hf_wrong" }, /an unknown token \(status 401\)/, /unset HF_TOKEN/],
    ["stanford-gpt2-smal-a", {}, /an unknown repository/, /nearest .* is stanford-gpt2-small-a/],
  ];
  for (const [source, more, message, hint] of cases) {
    const error = await failure(box, source, more);
    equal(error.code, "E-HUB");
    match(error.message, message);
    match(error.hint, hint);
    ok(!`${error.message} ${error.hint}`.includes("hf_"));
  }
  equal(box.notes.length, 0);
});

Deno.test("fetchModel() names a file that the listing has and the server has not", async () => {
  const missing = { status: 404, headers: { "x-error-code": "EntryNotFound" } };
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  box.hub.fail({ path: /\/tokenizer\.json$/, fault: { kind: "status", ...missing } });
  match((await failure(box, "org/model")).message, /no file "tokenizer.json" at revision main/);
});

Deno.test("fetchModel() refuses a repository that is no model it can read", async () => {
  const { "config.json": config, "tf_model.h5": keras } = smallModel().files;
  const repos = {
    "org/keras": { files: { "config.json": config!, "tf_model.h5": keras! } },
    "org/data": { files: { "README.md": "" } },
  };
  await using box = await openSandbox({ repos });
  match(
    (await failure(box, "org/keras")).message,
    /no weights in a form read here \(it has tf_model.h5\)/,
  );
  match((await failure(box, "org/data")).message, /no config\.json/);
});

Deno.test("fetchModel() keeps nothing whose bytes or size are wrong", async () => {
  const faults: [Fault, RegExp][] = [
    [{ kind: "wrongByte", at: 7 }, /content of another sha256/],
    [{ kind: "shorter", bytes: 5 }, /49995 bytes to come, not 50000/],
    [{ kind: "shorter", bytes: -5 }, /50005 bytes to come, not 50000/],
    [{ kind: "shorterChunked", bytes: -5 }, /a longer file/],
    [{ kind: "headers", headers: { "x-repo-commit": "b".repeat(40) } }, /a file of commit b{40}/],
    [
      { kind: "headers", headers: { "x-linked-etag": `"${"0".repeat(64)}"` } },
      /a file of hash 0{64}/,
    ],
    [{ kind: "headers", headers: { "x-linked-size": "4" } }, /a file of 4 bytes/],
  ];
  for (const [fault, message] of faults) {
    await using box = await openSandbox({ repos: { "org/model": smallModel() } });
    const atHub = { path: /\/config\.json$/ };
    // What a redirect says is seen on the Hub's own answers.
    box.hub.fail({ ...(fault.kind === "headers" ? atHub : AT_STORE), fault });
    const error = await failure(box, "org/model");
    equal(error.code, "E-HUB-SHA");
    match(error.message, message);
    // The other download, which this one stopped, keeps its part.
    const hash = / of \S+ ([0-9a-f]{40,64})$/.exec(error.message)![1]!;
    ok(!(await blobs(box)).some((name) => name.startsWith(hash)), fault.kind);
    await fetchModel("org/model", box.options);
  }
});

Deno.test("fetchModel() checks the git hash of small files", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  box.hub.fail({ path: /\/config\.json$/, fault: { kind: "wrongByte", at: 0 } });
  const error = await failure(box, "org/model");
  equal(error.code, "E-HUB-SHA");
  match(error.message, /content of another git-sha1, expected 21 bytes of git-sha1 [0-9a-f]{40}/);
});

Deno.test("fetchModel() refuses shard names that leave the directory", async () => {
  for (
    const name of ["../../evil", "/etc/evil", "a\\b", "a/../b", "C:evil", "", ".", 7, "a\u0000b"]
  ) {
    const index = JSON.stringify({ weight_map: { w: name } });
    const files = { "config.json": "{}", "model.safetensors.index.json": index };
    await using box = await openSandbox({ repos: { "org/model": { files } } });
    const error = await failure(box, "org/model");
    equal(error.code, "E-HUB");
    match(error.message, /a shard named/);
  }
});

Deno.test("fetchModel() refuses indexes that are none, empty, or name files that are not there", async () => {
  const cases: [string, RegExp][] = [
    ["{", /no JSON/],
    ["null", /without weight_map/],
    ['{"weight_map":[]}', /without weight_map/],
    ['{"weight_map":{}}', /0 shards/],
    ['{"weight_map":{"w":"model-1.safetensors"}}', /which the repository lacks/],
  ];
  for (const [index, message] of cases) {
    const files = { "config.json": "{}", "model.safetensors.index.json": index };
    await using box = await openSandbox({ repos: { "org/model": { files } } });
    match((await failure(box, "org/model")).message, message);
  }
});

Deno.test("fetchModel() trusts neither sizes, hashes nor the length of a listing", async () => {
  const change = (patch: object): HubServerOptions["tamper"] => (entries) =>
    entries.map((entry) => entry.path === "config.json" ? { ...entry, ...patch } : entry);
  const many = (entries: Record<string, unknown>[]) =>
    Array.from({ length: 30_000 }, (_, i) => ({ ...entries[1], path: `f${i}` }));
  const cases: [HubServerOptions["tamper"], RegExp][] = [
    [change({ size: -1 }), /config\.json without a size/],
    [change({ size: 2 ** 60 }), /config\.json without a size/],
    [change({ oid: "../../../evil" }), /config\.json without a git sha1/],
    [change({ lfs: { oid: "../evil", size: 3 } }), /config\.json without a sha256/],
    [many, /more than 20,000 files/],
    [() => ({ error: "no list" }), /not iterable/],
  ];
  for (const [tamper, message] of cases) {
    await using box = await openSandbox({ repos: { "org/model": smallModel() }, tamper });
    const error = await failure(box, "org/model");
    equal(error.code, "E-HUB");
    match(error.message, message);
  }
});

Deno.test("fetchModel() compares a stated size with the free space before it writes", async () => {
  const tamper: HubServerOptions["tamper"] = (entries) =>
    entries.map((entry) => entry.lfs ? { ...entry, lfs: { ...entry.lfs, size: 2 ** 52 } } : entry);
  await using box = await openSandbox({ repos: { "org/model": smallModel() }, tamper });
  const error = await failure(box, "org/model");
  equal(error.code, "E-FILE-FULL");
  match(error.message, /bytes free, expected 4,503,599,627,370,496 bytes more/);
});

Deno.test("fetchModel() stops at a listing whose pages never end", async () => {
  await using box = await openSandbox({
    repos: { "org/model": smallModel() },
    pageSize: 0,
    tamper: () => [],
  });
  match((await failure(box, "org/model")).message, /more than 100 pages/);
});

Deno.test("fetchModel() follows no redirect out of the web and none for ever", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const redirect = (location: string, times: number) =>
    box.hub.fail({
      path: /\/revision\//,
      times,
      fault: { kind: "status", status: 302, headers: { location } },
    });
  redirect("file:///etc/passwd", 1);
  match((await failure(box, "org/model")).message, /status 302 to "file:\/\/\/etc\/passwd"/);
  redirect("/api/models/org/model/revision/main", 11);
  match((await failure(box, "org/model")).message, /more than 10 redirects/);
});

Deno.test("fetchModel() refuses what is no name of a model before any request", async () => {
  await using box = await openSandbox({ repos: {} });
  for (
    const name of ["", "a/b/c", "../x", "org/../x", "org/name@", "org/name@a/../b", "org/n ame"]
  ) {
    await rejects(fetchModel(name, box.options), { code: "E-USAGE" });
  }
  const conflict = fetchModel("org/model@a", { ...box.options, revision: "b" });
  await rejects(conflict, { code: "E-USAGE", message: /"a" in the name and "b" in the option/ });
  equal(box.hub.requests.length, 0);
});

Deno.test("fetchModel() resumes nothing from another file's bytes after a refusal", async () => {
  const weights = bytes(50_000);
  await using box = await openSandbox({ repos: { "org/model": smallModel(weights) } });
  box.hub.fail({ ...AT_STORE, fault: { kind: "cut", afterBytes: 20_000 } });
  box.hub.fail({
    ...AT_STORE,
    fault: { kind: "headers", headers: { "content-range": "bytes 5-49999/50000" } },
  });
  match((await failure(box, "org/model")).message, /another part of the file/);
  const { directory } = await fetchModel("org/model", box.options);
  deepEqual(await Deno.readFile(join(directory, "model.safetensors")), weights);
});
