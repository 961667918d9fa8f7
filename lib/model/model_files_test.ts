import assert from "node:assert/strict";
import { isAbsolute, resolve } from "node:path";
import { modelFiles } from "./model_files.ts";

Deno.test("modelFiles() lists configuration, weights and tokenizer, absolute", async () => {
  const directory = "cache/models/tiny-gpt2-a";
  const expected = ["config.json", "model.safetensors", "tokenizer.json"]
    .map((name) => resolve(directory, name));
  assert.deepEqual((await modelFiles(directory)).toSorted(), expected);
});

Deno.test("modelFiles() lists every shard, and no tokenizer where there is none", async () => {
  const files = await modelFiles("tests/fixtures/checkpoints/pythia-style");
  assert.equal(
    files.filter((file) => /model-0000[1-5]-of-00005\.safetensors$/.test(file)).length,
    5,
  );
  assert.ok(!files.some((file) => /tokenizer|vocab|merges/.test(file)));
  for (const file of files) assert.ok(isAbsolute(file) && (await Deno.stat(file)).isFile, file);
});

Deno.test("modelFiles() refuses a directory without a model", async () => {
  await assert.rejects(modelFiles("tests/fixtures/zoo"), { code: "E-FILE-MISSING" });
});
