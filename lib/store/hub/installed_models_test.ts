import assert from "node:assert/strict";
import { isAbsolute, join } from "node:path";
import { EMBEDDED_MODELS } from "./aliases.ts";
import { installedModels } from "./installed_models.ts";

/** Runs with the Hub's cache in an empty folder, whatever the machine has. */
async function withCache(check: (cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  const before = Deno.env.get("HF_HUB_CACHE");
  Deno.env.set("HF_HUB_CACHE", cache);
  try {
    await check(cache);
  } finally {
    if (before === undefined) Deno.env.delete("HF_HUB_CACHE");
    else Deno.env.set("HF_HUB_CACHE", before);
    await Deno.remove(cache, { recursive: true });
  }
}

/** Puts files into the cache as the Hub's clients do, without the links to blobs. */
async function fill(cache: string, repo: string, files: Record<string, string>): Promise<string> {
  const folder = join(cache, `models--${repo.replace("/", "--")}`);
  const commit = "c".repeat(40);
  await Deno.mkdir(join(folder, "refs"), { recursive: true });
  await Deno.writeTextFile(join(folder, "refs", "main"), commit);
  const snapshot = join(folder, "snapshots", commit);
  await Deno.mkdir(snapshot, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(snapshot, name), text);
  }
  return snapshot;
}

Deno.test("installedModels() lists the embedded models with their bytes", async () => {
  await withCache(async (cache) => {
    const { cacheDir, models } = await installedModels();
    assert.equal(cacheDir, cache);
    assert.deepEqual(models.map(({ name }) => name), [...EMBEDDED_MODELS]);
    for (const { origin, directory, bytes, name } of models) {
      assert.equal(origin, "embedded");
      assert.ok(isAbsolute(directory) && directory.endsWith(name), directory);
      const weights = await Deno.stat(join(directory, "model.safetensors"));
      assert.ok(bytes > weights.size && bytes < weights.size + 2 ** 20, `${bytes}`);
    }
  });
});

Deno.test("installedModels() adds a model that is whole in the cache, and no other", async () => {
  await withCache(async (cache) => {
    const whole = { "config.json": "{}", "model.safetensors": "12345678", "tokenizer.json": "{}" };
    const snapshot = await fill(cache, "EleutherAI/pythia-70m", whole);
    await fill(cache, "EleutherAI/pythia-160m", { "config.json": "{}" });
    const { models } = await installedModels();
    const cached = models.filter(({ origin }) => origin === "cache");
    assert.deepEqual(cached.map(({ name, directory }) => [name, directory]), [
      ["pythia-70m", snapshot],
    ]);
    assert.equal(cached[0]!.bytes, 12);
  });
});
