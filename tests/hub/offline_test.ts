import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { fetchModel, planModel, resolveModel } from "neurite/lib/store/hub/mod.ts";
import { COMMIT_A } from "./hub_server.ts";
import { bytes, openSandbox, type Sandbox, smallModel } from "./sandbox.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;

async function openModel(id = "org/model"): Promise<Sandbox> {
  return await openSandbox({ repos: { [id]: smallModel() } });
}

function snapshot(box: Sandbox, name: string): string {
  return join(box.cacheDir, "models--org--model", "snapshots", COMMIT_A, name);
}

Deno.test("fetchModel() returns a cached snapshot offline without a request", async () => {
  await using box = await openModel();
  const online = await fetchModel("org/model", box.options);
  const before = box.hub.requests.length;
  for (const source of ["org/model", `org/model@${COMMIT_A}`]) {
    const offline = await fetchModel(source, { ...box.options, offline: true });
    equal(offline.directory, online.directory);
    deepEqual(offline.files, online.files);
    equal(offline.receivedBytes, 0);
  }
  equal(box.hub.requests.length, before);
});

Deno.test("fetchModel() names what is missing offline", async () => {
  await using box = await openModel();
  const offline = { ...box.options, offline: true };
  const failed = { code: "E-HUB-OFFLINE", message: /no config\.json, model\.safetensors in/ };
  await rejects(fetchModel("org/model", offline), failed);
  await rejects(planModel("org/model", offline), { code: "E-HUB-OFFLINE" });
  equal(box.hub.requests.length, 0);

  await fetchModel("org/model", box.options);
  // The link stays, the blob goes: as after a clean-up by hand.
  await Deno.remove(await Deno.realPath(snapshot(box, "model.safetensors")));
  await rejects(fetchModel("org/model", offline), { message: /: no model\.safetensors in/ });
  await rejects(resolveModel("org/model", offline), { code: "E-HUB-OFFLINE" });
  await rejects(fetchModel("org/model@v2", offline), { code: "E-HUB-OFFLINE" });
});

Deno.test("fetchModel() names the missing shards offline", async () => {
  const shards = { "model-1.safetensors": bytes(10), "model-2.safetensors": bytes(11) };
  const weights = { a: "model-1.safetensors", b: "model-2.safetensors" };
  const files = {
    "config.json": "{}",
    "model.safetensors.index.json": JSON.stringify({ "weight_map": weights }),
    ...shards,
  };
  await using box = await openSandbox({ repos: { "org/model": { files } } });
  const offline = { ...box.options, offline: true };
  await fetchModel("org/model", box.options);
  await fetchModel("org/model", offline);
  await Deno.remove(snapshot(box, "model-2.safetensors"));
  await rejects(fetchModel("org/model", offline), { message: /: no model-2\.safetensors in/ });
  await Deno.remove(snapshot(box, "model.safetensors.index.json"));
  await Deno.writeTextFile(snapshot(box, "model.safetensors.index.json"), "{");
  await rejects(fetchModel("org/model", offline), {
    message: /no a sound model\.safetensors\.index/,
  });
});

Deno.test("fetchModel() does not follow a ref that holds no commit", async () => {
  await using box = await openModel();
  const { directory } = await fetchModel("org/model", box.options);
  const ref = join(box.cacheDir, "models--org--model", "refs", "main");
  // A whole model stands where the path would lead.
  await Deno.rename(directory, join(box.cacheDir, "elsewhere"));
  await Deno.writeTextFile(ref, "../../elsewhere");
  for await (const { name } of Deno.readDir(join(box.cacheDir, "elsewhere"))) {
    await Deno.remove(join(box.cacheDir, "elsewhere", name));
    await Deno.writeTextFile(join(box.cacheDir, "elsewhere", name), "{}");
  }
  const offline = { ...box.options, offline: true };
  await rejects(fetchModel("org/model", offline), { code: "E-HUB-OFFLINE" });
});

Deno.test("resolveModel() takes directories as they are given, and embedded models by name", async () => {
  await using box = await openModel();
  const directory = `${PROJECT}tests/fixtures/gpt2-mini`;
  deepEqual(await resolveModel(directory, box.options), { directory, origin: "directory" });
  const embedded = await resolveModel("tiny-gpt2-c", box.options);
  deepEqual(embedded, { directory: `${PROJECT}cache/models/tiny-gpt2-c`, origin: "embedded" });
  const elsewhere = { ...box.options, projectDir: box.cacheDir };
  await rejects(resolveModel("tiny-gpt2-c", elsewhere), { code: "E-FILE-MISSING" });
  equal(box.hub.requests.length, 0);
});

Deno.test("resolveModel() fetches what the cache lacks and asks nobody afterwards", async () => {
  await using box = await openModel("stanford-crfm/alias-gpt2-small-x21");
  const first = await resolveModel("stanford-gpt2-small-a", box.options);
  equal(first.origin, "hub");
  equal(first.commit, COMMIT_A);
  equal(first.repo, "stanford-crfm/alias-gpt2-small-x21");
  const before = box.hub.requests.length;
  const second = await resolveModel("stanford-gpt2-small-a", box.options);
  deepEqual(second, { ...first, origin: "cache" });
  equal(box.hub.requests.length, before);
});

Deno.test("resolveModel() finds a legacy name under its full id", async () => {
  await using box = await openModel("openai-community/gpt2");
  const { directory } = await fetchModel("openai-community/gpt2", box.options);
  const found = await resolveModel("gpt2", { ...box.options, offline: true });
  equal(found.directory, directory);
});

Deno.test("resolveModel() names the command when the network is not permitted", async () => {
  await using box = await openModel();
  const closed = { ...box.options, network: false };
  await rejects(resolveModel("org/model", closed), (error: Error & { hint: string }) => {
    match(error.message, /no config\.json, model\.safetensors in .*models--org--model/);
    equal(error.hint, "deno task fetch-model org/model");
    return true;
  });
  await rejects(resolveModel("pythia-160", closed), (error: Error & { hint: string }) => {
    match(error.hint, /^deno task fetch-model pythia-160; the nearest name .* is pythia-160m$/);
    return true;
  });
  equal(box.hub.requests.length, 0);
});

Deno.test("resolveModel() completes a tokenizer when it can, and does without when it cannot", async () => {
  await using box = await openModel();
  await fetchModel("org/model", box.options);
  const tokenizer = snapshot(box, "tokenizer.json");
  await Deno.remove(tokenizer);
  for (const more of [{ offline: true }, { network: false }]) {
    equal((await resolveModel("org/model", { ...box.options, ...more })).origin, "cache");
  }
  box.hub.fail({ path: /\/revision\//, fault: { kind: "status", status: 404 } });
  equal((await resolveModel("org/model", box.options)).origin, "cache");
  equal((await resolveModel("org/model", box.options)).origin, "hub");
  await Deno.stat(tokenizer);
});

Deno.test("resolveModel() takes what looks like a path for a path", async () => {
  await using box = await openModel();
  for (const path of ["./nowhere", "/nowhere/at/all", "a/b/c", "nowhere/"]) {
    await rejects(resolveModel(path, box.options), {
      code: "E-FILE-MISSING",
      message: /Cannot open model "\/.*no directory with a config\.json/,
    });
  }
  await rejects(resolveModel("", box.options), { code: "E-USAGE" });
  equal(box.hub.requests.length, 0);
});
