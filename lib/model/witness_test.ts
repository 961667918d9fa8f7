import assert from "node:assert/strict";
import { integers, normal } from "../../tests/random.ts";
import { openReference } from "../device/reference/mod.ts";
import { type ForwardOptions, runWithHooks } from "./forward/forward.ts";
import { loadModel } from "./model.ts";
import { type ForwardRun, reportWitness, witnessForward } from "./witness.ts";

const DIRECTORY = "tests/fixtures/checkpoints/gpt2-hub-style";
const [B, T] = [4, 5];
const tokens = integers([B, T], 9, 300);

async function run(options: ForwardOptions): Promise<ForwardRun> {
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  return { tokens, options, results: await runWithHooks(model, tokens, options) };
}

const OPTIONS: Record<string, ForwardOptions> = {
  "hooks and outputs": {
    read: ["blocks.0.attn.hook_attn_scores", "blocks.1.mlp.hook_post", "rank", "loss_per_token"],
  },
  "the last position, with columns": {
    read: ["column_logits", "column_log_probs", "entropy"],
    positions: "last",
    columns: Int32Array.of(7, 299),
  },
  "a run from a residual": {
    read: ["logits"],
    startLayer: 1,
    residual: normal([B, T, 32], 1),
  },
  "values for each row, for all rows, and numbers": {
    read: ["blocks.1.hook_resid_post"],
    writes: [
      { hook: "blocks.0.hook_resid_pre", kind: "add", value: normal([B, T, 32], 2) },
      { hook: "blocks.0.attn.hook_pattern", kind: "replace", value: normal([B, 2, T, T], 3) },
      { hook: "blocks.0.attn.hook_z", kind: "mean", value: normal([2, 16], 4) },
      { hook: "blocks.1.hook_resid_mid", kind: "scale", value: 2, positions: [-1] },
    ],
  },
};

for (const [what, options] of Object.entries(OPTIONS)) {
  Deno.test(`the witness agrees with the reference itself about ${what}`, async () => {
    const testimony = await witnessForward(DIRECTORY, await run(options), { count: 40, seed: 2 });
    assert.equal(testimony.count, 40);
    assert.equal(testimony.largest, 0);
  });
}

Deno.test("the witness finds the largest deviation and names its place", async () => {
  const { results, options } = await run({ read: ["entropy"], positions: "last" });
  const { data, shape } = results.entropy!;
  const planted = Float64Array.from(data as Float64Array);
  planted[1]! += 0.5;
  planted[2]! -= 2;
  const entropy = { data: planted, shape };
  const testimony = await witnessForward(DIRECTORY, { tokens, options, results: { entropy } }, {
    count: 60,
    seed: 1,
  });
  assert.ok(Math.abs(testimony.largest - 2) < 1e-12);
  const { name, index, value, reference } = testimony.worst!;
  assert.deepEqual([name, index, value, reference], ["entropy", 2, planted[2], data[2]]);
  assert.match(
    reportWitness(testimony),
    /^witness: 60 results .* largest deviation 2\.00e\+0 \(entropy\[2\]: .* against .*\)$/,
  );
});

Deno.test("the witness reports a NaN that the reference does not have, and no other", async () => {
  const { results, options } = await run({ read: ["entropy"], positions: "last" });
  const spoilt = { data: Float64Array.of(0, NaN, 9, 9), shape: results.entropy!.shape };
  const testimony = await witnessForward(
    DIRECTORY,
    { tokens, options, results: { entropy: spoilt } },
    { count: 60 },
  );
  assert.ok(Number.isNaN(testimony.largest));
  assert.equal(testimony.worst!.index, 1);
  const nan = await run({
    read: ["entropy"],
    writes: [{ hook: "blocks.1.hook_resid_post", kind: "replace", value: NaN }],
  });
  assert.ok(nan.results.entropy!.data.every((value) => Number.isNaN(value)));
  assert.equal((await witnessForward(DIRECTORY, nan, { count: 5 })).largest, 0);
});

Deno.test("the witness has nothing to say of no results", async () => {
  const options = { read: [] };
  const none = await witnessForward(DIRECTORY, { tokens, options, results: {} }, { count: 9 });
  assert.deepEqual(none, { count: 0, largest: 0, worst: null });
  assert.equal(reportWitness(none), "witness: nothing to recompute");
});

Deno.test("the witness picks the same results when the seed is the same", async () => {
  const { results, options } = await run({ read: ["blocks.0.mlp.hook_post"] });
  const [name] = options.read as [string];
  const { data, shape } = results[name]!;
  // Every element is off by another amount, so that the largest tells what was picked.
  const shifted = { data: Float64Array.from(data as Float64Array, (x, i) => x + i), shape };
  const pick = async (seed: number) => {
    const given = { tokens, options, results: { [name]: shifted } };
    return (await witnessForward(DIRECTORY, given, { count: 3, seed })).worst!.index;
  };
  assert.equal(await pick(5), await pick(5));
  assert.notEqual(await pick(5), await pick(6));
});
