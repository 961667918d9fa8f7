import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel } from "../../model/model.ts";
import { type CacheRequest, cacheRun } from "./run_cache.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const [N, T] = [3, 5];
const TOKENS = {
  data: Int32Array.from({ length: N * T }, (_, i) => 250 + 7 * i % 90),
  shape: [N, T],
};
const REQUEST: CacheRequest = {
  positions: { YY: 2, END: 4 },
  attentionLayers: [1, 3, 1],
  neuronLayers: [2],
};

/** Rows at a position of `[N, T, …]`. */
function rowsAt(data: ArrayLike<number>, position: number): number[] {
  const width = data.length / (N * T);
  return Array.from(
    { length: N * width },
    (_, i) => data[(Math.floor(i / width) * T + position) * width + i % width]!,
  );
}

Deno.test("cacheRun() keeps the hooks it names, at END and YY or everywhere", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const run = await cacheRun(model, TOKENS, REQUEST);
  const hooks = {
    mid: "blocks.2.hook_resid_mid",
    mlp: "blocks.2.hook_mlp_out",
    z: "blocks.2.attn.hook_z",
    pre: "blocks.3.hook_resid_pre",
    q: "blocks.3.attn.hook_q",
    k: "blocks.3.attn.hook_k",
    v: "blocks.3.attn.hook_v",
    post: "blocks.2.mlp.hook_post",
    input: "blocks.0.hook_resid_pre",
    final: "blocks.3.hook_resid_post",
  };
  const read = await runWithHooks(model, TOKENS, { read: Object.values(hooks) });
  const wanted = (name: keyof typeof hooks) => read[hooks[name]]!.data as Float64Array;
  for (const position of ["YY", "END"] as const) {
    const index = REQUEST.positions[position];
    for (const kept of ["mid", "mlp", "z", "pre", "q"] as const) {
      const layer = kept === "pre" || kept === "q" ? 3 : 2;
      assert.deepEqual([...run.at(kept, layer, position)], rowsAt(wanted(kept), index), kept);
    }
    assert.deepEqual([...run.embedding(position)], rowsAt(wanted("input"), index));
  }
  assert.deepEqual(run.everywhere("k", 3), wanted("k"));
  assert.deepEqual(run.everywhere("v", 3), wanted("v"));
  assert.deepEqual([...run.neurons(2)], rowsAt(wanted("post"), 4));
  assert.deepEqual([...run.final], rowsAt(wanted("final"), 4));
});

Deno.test("cacheRun() keeps the same arrays when its prompts come in batches", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const batches: number[] = [];
  const run = await cacheRun(model, TOKENS, REQUEST, {
    memory: 200_000,
    onProgress: (done) => batches.push(done),
  });
  assert.ok(batches.length > 1, `${batches}`);
  const whole = await cacheRun(model, TOKENS, REQUEST);
  assert.deepEqual(run.everywhere("v", 1), whole.everywhere("v", 1));
  assert.deepEqual(run.at("mlp", 3, "YY"), whole.at("mlp", 3, "YY"));
});

Deno.test("cacheRun() takes the bytes that its arrays need and no more", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const { nLayer, dModel, dMlp } = model.config;
  const run = await cacheRun(model, TOKENS, REQUEST);
  const ofAllLayers = nLayer * 3 * 2 * dModel;
  const ofReceivingHeads = 2 * (2 * 2 * dModel + 2 * T * dModel);
  const numbers = N * (2 * dModel + dModel + ofAllLayers + ofReceivingHeads + dMlp);
  assert.equal(run.bytes, 8 * numbers);
});

Deno.test("RunCache names what is missing when a layer was not asked for", async () => {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const run = await cacheRun(model, TOKENS, { ...REQUEST, neuronLayers: [] });
  for (
    const read of [() => run.everywhere("k", 0), () => run.at("q", 0, "END"), () => run.neurons(2)]
  ) {
    assert.throws(read, { name: "RangeError", message: /not kept of this run/ });
  }
});

Deno.test("cacheRun() refuses another model family and positions out of order", async () => {
  await using device = openReference();
  await using neox = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  const tokens = { data: new Int32Array(5), shape: [1, 5] };
  await assert.rejects(cacheRun(neox, tokens, REQUEST), { code: "E-CIRCUIT" });
  await using model = await loadModel(MODEL, device);
  for (
    const positions of [{ YY: 4, END: 4 }, { YY: 4, END: 2 }, { YY: -1, END: 4 }, { YY: 2, END: 5 }]
  ) {
    await assert.rejects(cacheRun(model, TOKENS, { ...REQUEST, positions }), {
      name: "RangeError",
      message: /expected 0 ≤ YY < END < 5$/,
    });
  }
});
