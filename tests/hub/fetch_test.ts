import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { basename, join } from "node:path";
import { fetchModel, type FetchProgress, planModel } from "neurite/lib/store/hub/mod.ts";
import { COMMIT_A, gitSha1, type HubRepo, sha256 } from "./hub_server.ts";
import { bytes, openSandbox, smallModel } from "./sandbox.ts";

const COMMIT_B = "b".repeat(40);

async function names(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.map(({ name }) => name).sort();
}

function sharded(format: "safetensors" | "bin"): HubRepo {
  const stem = format === "bin" ? "pytorch_model" : "model";
  const shards = [1, 2, 3].map((i) => `${stem}-0000${i}-of-00003.${format}`);
  const weights = shards.map((name, i) => [name, bytes(1_000 + i, i)] as const);
  const index = {
    metadata: {},
    "weight_map": { a: shards[2], b: shards[0], c: shards[1], d: shards[0] },
  };
  return {
    files: {
      "config.json": "{}",
      "vocab.json": "{}",
      "merges.txt": "",
      [`${stem}.${format}.index.json`]: JSON.stringify(index),
      ...Object.fromEntries(weights),
    },
  };
}

Deno.test("fetchModel() lays a model out as Python's cache does", async () => {
  const model = smallModel();
  await using box = await openSandbox({ repos: { "org/model": model } });
  const fetched = await fetchModel("org/model", box.options);

  const repo = join(box.cacheDir, "models--org--model");
  equal(fetched.directory, join(repo, "snapshots", COMMIT_A));
  equal(fetched.commit, COMMIT_A);
  equal(await Deno.readTextFile(join(repo, "refs", "main")), COMMIT_A);
  deepEqual(await names(repo), ["blobs", "refs", "snapshots"]);
  const chosen = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"];
  deepEqual(await names(fetched.directory), chosen);
  equal((await names(join(repo, "blobs"))).length, chosen.length);
  for (const name of chosen) {
    const content = model.files[name]!;
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const hash = name.endsWith(".safetensors") ? sha256(body) : gitSha1(body);
    equal(await Deno.readLink(join(fetched.directory, name)), `../../blobs/${hash}`);
    deepEqual(await Deno.readFile(join(fetched.directory, name)), body);
  }
});

Deno.test("fetchModel() downloads nothing the second time", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const first = await fetchModel("org/model", box.options);
  const before = box.hub.requests.length;
  const second = await fetchModel("org/model", box.options);
  equal(second.receivedBytes, 0);
  equal(second.directory, first.directory);
  ok(box.hub.requests.slice(before).every(({ path }) => path.startsWith("/api/")));
});

Deno.test("fetchModel() takes shards by their index, and .bin when there is nothing else", async () => {
  const repos = { "org/st": sharded("safetensors"), "org/bin": sharded("bin") };
  await using box = await openSandbox({ repos });
  for (
    const [id, format, stem] of [
      ["org/st", "safetensors", "model-0000"],
      ["org/bin", "pytorch", "pytorch_model-0000"],
    ] as const
  ) {
    const fetched = await fetchModel(id, box.options);
    equal(fetched.format, format);
    deepEqual(await names(fetched.directory), Object.keys(repos[id].files).sort());
    equal(fetched.files.filter(({ name }) => name.startsWith(stem)).length, 3);
  }
});

Deno.test("fetchModel() follows the redirect of a legacy name and keeps the name", async () => {
  const legacy = { gpt2: "openai-community/gpt2" };
  await using box = await openSandbox({ repos: { "openai-community/gpt2": smallModel() }, legacy });
  const fetched = await fetchModel("gpt2", box.options);
  equal(fetched.directory, join(box.cacheDir, "models--gpt2", "snapshots", COMMIT_A));
});

Deno.test("fetchModel() resolves branches, tags with a slash and commits", async () => {
  const refs = { main: COMMIT_A, "step/1000": COMMIT_B };
  await using box = await openSandbox({ repos: { "org/model": { ...smallModel(), refs } } });
  const tagged = await fetchModel("org/model@step/1000", box.options);
  equal(basename(tagged.directory), COMMIT_B);
  const ref = join(box.cacheDir, "models--org--model", "refs", "step", "1000");
  equal(await Deno.readTextFile(ref), COMMIT_B);

  const byCommit = await fetchModel("org/model", { ...box.options, revision: COMMIT_A });
  equal(basename(byCommit.directory), COMMIT_A);
  deepEqual(await names(join(box.cacheDir, "models--org--model", "refs")), ["step"]);
  ok(!box.hub.requests.some(({ path }) => path.endsWith(`/revision/${COMMIT_A}`)));
});

Deno.test("fetchModel() moves a ref when the branch moved and keeps the old snapshot", async () => {
  const model: HubRepo = { ...smallModel(), refs: { main: COMMIT_A } };
  await using box = await openSandbox({ repos: { "org/model": model } });
  const old = await fetchModel("org/model", box.options);
  model.refs = { main: COMMIT_B };
  model.files["config.json"] = '{"new":true}';
  const moved = await fetchModel("org/model", box.options);
  equal(basename(moved.directory), COMMIT_B);
  equal(moved.receivedBytes, '{"new":true}'.length);
  equal(await Deno.readTextFile(join(old.directory, "config.json")), '{"model_type":"gpt2"}');
});

Deno.test("fetchModel() reads a listing of several pages", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() }, pageSize: 2 });
  equal((await fetchModel("org/model", box.options)).files.length, 4);
});

Deno.test("fetchModel() reports bytes that only rise to the total", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const seen: FetchProgress[] = [];
  const onProgress = (progress: FetchProgress) => seen.push(progress);
  await fetchModel("org/model", { ...box.options, onProgress });
  const done = seen.map(({ doneBytes }) => doneBytes);
  deepEqual(done, done.toSorted((a, b) => a - b));
  equal(done.at(-1), seen[0]!.totalBytes);
});

Deno.test("fetchModel() copies and says so where links are not to be had", async () => {
  const model = smallModel();
  await using box = await openSandbox({ repos: { "org/model": model } });
  for (let run = 0; run < 2; run++) {
    const { directory } = await fetchModel("org/model", { ...box.options, symlinks: false });
    const path = join(directory, "model.safetensors");
    ok((await Deno.lstat(path)).isFile);
    deepEqual(await Deno.readFile(path), model.files["model.safetensors"]);
  }
  ok(box.notes.some((note) => note.includes("copies")));
});

Deno.test("fetchModel() replaces a blob of the wrong size and a link that leads nowhere", async () => {
  const model = smallModel();
  await using box = await openSandbox({ repos: { "org/model": model } });
  const { directory } = await fetchModel("org/model", box.options);
  const path = join(directory, "model.safetensors");
  await Deno.truncate(await Deno.realPath(path), 10);
  await Deno.remove(join(directory, "config.json"));
  await Deno.symlink("../../blobs/nowhere", join(directory, "config.json"));
  await fetchModel("org/model", box.options);
  deepEqual(await Deno.readFile(path), model.files["model.safetensors"]);
  equal(await Deno.readTextFile(join(directory, "config.json")), model.files["config.json"]);
});

Deno.test("planModel() lists the files and writes nothing", async () => {
  await using box = await openSandbox({ repos: { "org/st": sharded("safetensors") } });
  const plan = await planModel("org/st", box.options);
  equal(plan.commit, COMMIT_A);
  equal(plan.files.length, 7);
  ok(plan.files.every(({ cached }) => !cached));
  deepEqual(await names(box.cacheDir), []);
  await fetchModel("org/st", box.options);
  ok((await planModel("org/st", box.options)).files.every(({ cached }) => cached));
});

Deno.test("fetchModel() leaves blobs but no snapshot and no ref when it is stopped", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const stop = new AbortController();
  const onProgress = ({ file, doneBytes }: FetchProgress) => {
    if (file === "model.safetensors" && doneBytes > 100) stop.abort(new Error("stopped"));
  };
  box.hub.fail({
    path: /model\.safetensors$/,
    origin: "storage",
    fault: { kind: "stall", afterBytes: 9_000 },
  });
  const options = { ...box.options, onProgress, signal: stop.signal };
  await rejects(fetchModel("org/model", options), /stopped/);
  deepEqual(await names(join(box.cacheDir, "models--org--model")), ["blobs"]);
  const blobs = join(box.cacheDir, "models--org--model", "blobs");
  const partial = (await names(blobs)).find((name) => name.endsWith(".incomplete"))!;
  const { size } = await Deno.stat(join(blobs, partial));
  ok(size > 0 && size <= 9_000);
  await fetchModel("org/model", box.options);
  equal(box.hub.downloads("model.safetensors").at(-1)!.range, `bytes=${size}-`);
});
