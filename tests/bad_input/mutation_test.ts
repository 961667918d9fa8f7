// Bytes changed at random in every kind of input file: a reader reads, or refuses by code.
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { openReference } from "../../lib/device/reference/mod.ts";
import { NeuriteError } from "../../lib/errors.ts";
import { loadModel } from "../../lib/model/model.ts";
import { readTokenRows } from "../../lib/model/token_file.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import { readYearPrompts } from "../../lib/text/prompt_file.ts";
import { ROOT } from "../house/tree.ts";
import { copyModel } from "./damage.ts";
import { inFolder } from "../folders.ts";

/** Where changed bytes count: within the header or the directory, rarely among the numbers. */
const NEAR = 4_000;

async function refusesOrReads(read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof NeuriteError, (error as Error).stack);
    assert.match(error.message, /^Cannot [a-z][^"]* ".+": .+, expected .+[^.\s]$/s);
    assert.doesNotMatch(error.message, /undefined|\[object/);
    assert.equal(error.exitCode, 4);
  }
}

/** A few bytes of a file replaced near its start or its end, and now and then its end cut off. */
function mutants(bytes: Uint8Array<ArrayBuffer>) {
  const near = Math.min(NEAR, bytes.length) - 1;
  const place = fc.tuple(fc.integer({ min: 0, max: near }), fc.boolean(), fc.nat(255));
  const length = fc.option(fc.nat(bytes.length), { freq: 8, nil: bytes.length });
  return fc.tuple(fc.array(place, { minLength: 1, maxLength: 4 }), length).map(
    ([places, end]) => {
      const mutant = bytes.slice(0, end);
      for (const [at, isAtEnd, value] of places) mutant[isAtEnd ? end - 1 - at : at] = value;
      return mutant;
    },
  );
}

async function tryMutants(path: string, runs: number, read: () => Promise<unknown>) {
  const sound = await Deno.readFile(path);
  await fc.assert(
    fc.asyncProperty(mutants(sound), async (mutant) => {
      await Deno.writeFile(path, mutant);
      await refusesOrReads(read);
    }),
    { numRuns: runs },
  );
  await Deno.writeFile(path, sound);
}

for (
  const [fixture, file] of [
    ["gpt2-hub-style", "config.json"],
    ["gpt2-hub-style", "model.safetensors"],
    ["gpt2-crfm-style", "pytorch_model.bin"],
    ["neox-sequential-style", "model.safetensors.index.json"],
  ] as const
) {
  Deno.test(`loadModel() loads or refuses by code when bytes of ${file} change`, async () => {
    await inFolder(async (folder) => {
      const model = await copyModel(folder, fixture);
      await using device = openReference();
      await tryMutants(join(model, file), 150, async () => {
        await using _ = await loadModel(model, device);
      });
    });
  });
}

Deno.test("openTokenizer() opens or refuses by code when bytes of tokenizer.json change", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "tokenizer.json");
    await Deno.copyFile(join(ROOT, "tests/fixtures/gpt2-mini/tokenizer.json"), path);
    await tryMutants(path, 15, () => openTokenizer(folder));
  });
});

Deno.test("readYearPrompts() and readTokenRows() read or refuse by code when bytes change", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "prompts.safetensors");
    await Deno.copyFile(join(ROOT, "tests/fixtures/zoo/prompts.safetensors"), path);
    await tryMutants(path, 100, () => readYearPrompts(path));
    await tryMutants(path, 100, () => readTokenRows(path, "good_tokens"));
  });
});
