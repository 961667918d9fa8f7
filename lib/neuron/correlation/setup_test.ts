import assert from "node:assert/strict";
import { join } from "node:path";
import { openTokenizer } from "../../model/tokenizer.ts";
import { ROWS_PROBE, tokenizerProbe } from "../../model/tokenizer_probe.ts";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { type AskedRun, setUpRun } from "./setup.ts";

const [A, B] = ["cache/models/tiny-gpt2-a", "cache/models/tiny-gpt2-b"];

const ASKED: Omit<AskedRun, "tokens"> = {
  model1: A,
  model2: [B, B],
  drop: "newline",
  similarity: "pearson",
  jaccardThreshold: 0,
  baseline: "rotation",
  rotation: "gaussian",
  draws: 2,
  seed: 0,
  blockTokens: 4,
  memory: 2 ** 30,
  float16Moments: false,
};

async function setUp(
  changes: Partial<AskedRun> = {},
  ids = [0, 5, 6, 0, 199, 7],
  metadata: Record<string, string> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const tokens = join(folder, "tokens.safetensors");
    const array = { data: Int32Array.from(ids), shape: [2, ids.length / 2] };
    using file = await Deno.create(tokens);
    for (const chunk of encodeSafetensors({ tokens: array }, metadata)) await file.write(chunk);
    return await setUpRun({ ...ASKED, tokens, ...changes });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("setUpRun() finds models, drops BOS and line breaks, and keeps partners apart", async () => {
  const { base, partners, request, tokens } = await setUp({ rows: 1 });
  assert.equal(base.label, "tiny-gpt2-a");
  assert.deepEqual(partners.map(({ label }) => label), ["tiny-gpt2-b", "tiny-gpt2-b (2)"]);
  assert.deepEqual([...request.dropped], [0, 199]);
  assert.equal(request.rotation?.draws, 2);
  assert.deepEqual([...tokens.data], [0, 5, 6]);
  // What a model of these sizes holds as float32.
  assert.ok(Math.abs(base.weightBytes - 5_336_064) < 4096);
  assert.deepEqual([...(await setUp({ drop: "special" })).request.dropped], [0]);
  assert.equal((await setUp({ drop: "none" })).request.dropped.size, 0);
});

Deno.test("setUpRun() refuses what the models cannot read or the similarity cannot do", async () => {
  await assert.rejects(setUp({}, [0, 5, 6, 0, 4096, 7]), { code: "E-TOKENS" });
  await assert.rejects(setUp({ similarity: "jaccard" }), { code: "E-USAGE" });
  await assert.rejects(
    setUp({ similarity: "cosine", baseline: "none", float16Moments: true }),
    { code: "E-USAGE", message: /sum in float16/ },
  );
  const other = await Deno.makeTempDir();
  try {
    await Deno.copyFile(join(B, "config.json"), join(other, "config.json"));
    const tokenizer = JSON.parse(await Deno.readTextFile(join(B, "tokenizer.json")));
    tokenizer.model.merges.length = 100;
    await Deno.writeTextFile(join(other, "tokenizer.json"), JSON.stringify(tokenizer));
    await assert.rejects(setUp({ model2: [other] }), { code: "E-TOKENIZER" });
    const asked = { model2: [other], drop: "special" } as const;
    assert.equal((await setUp(asked)).partners.length, 1);
    // Rows that say whose they are, are read by no other.
    const made = { [ROWS_PROBE]: tokenizerProbe(await openTokenizer(A)) };
    assert.equal((await setUp({}, undefined, made)).partners.length, 2);
    await assert.rejects(setUp(asked, undefined, made), { code: "E-TOKENIZER" });
  } finally {
    await Deno.remove(other, { recursive: true });
  }
});
