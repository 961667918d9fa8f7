import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { openTokenizer } from "./tokenizer.ts";
import { checkRowTokenizer, ROWS_MODEL, ROWS_PROBE, tokenizerProbe } from "./tokenizer_probe.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const tokenizer = await openTokenizer(MODEL);

/** Rows in a folder, beside a model of another tokenizer: two of its tokens have each other's ids. */
async function check(
  metadata: Record<string, string>,
  models: (other: string) => readonly string[],
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const rows = join(folder, "tokens.safetensors");
    const tokens = { data: Int32Array.of(0, 1), shape: [1, 2] };
    await writeAtomic(rows, encodeSafetensors({ tokens }, metadata));
    const definition = JSON.parse(await Deno.readTextFile(`${MODEL}/tokenizer.json`));
    const { vocab } = definition.model;
    [vocab["."], vocab[","]] = [vocab[","], vocab["."]];
    await Deno.mkdir(join(folder, "other"));
    await Deno.writeTextFile(join(folder, "other/tokenizer.json"), JSON.stringify(definition));
    await Deno.mkdir(join(folder, "none"));
    await checkRowTokenizer(rows, models(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const made = { [ROWS_PROBE]: tokenizerProbe(tokenizer), [ROWS_MODEL]: "tiny-gpt2-a" };

Deno.test("checkRowTokenizer() takes rows of the models' tokenizer, and rows that do not say", async () => {
  await check(made, () => [MODEL, "cache/models/tiny-gpt2-b"]);
  await check({}, (folder) => [MODEL, join(folder, "other")]);
});

Deno.test("checkRowTokenizer() takes any rows for a model without a tokenizer", () =>
  check(made, (folder) => [join(folder, "none")]));

Deno.test("checkRowTokenizer() names rows, their model and the one that has another tokenizer", () =>
  assert.rejects(
    check(made, (folder) => [MODEL, join(folder, "other")]),
    (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, "E-TOKENIZER");
      assert.match(error.message, /tokens\.safetensors": ids of the tokenizer of tiny-gpt2-a, /);
      assert.match(error.message, /expected ids of the tokenizer in \/.*\/other, which cuts/);
      return error.hint === "deno task un:make-dataset --model other makes such rows";
    },
  ));
