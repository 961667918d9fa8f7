import assert from "node:assert/strict";
import type { HostArray } from "../lib/array.ts";
import { type ForwardOptions, runWithHooks } from "../lib/model/forward/forward.ts";
import { hookShape, hookTable } from "../lib/model/forward/hooks.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import type { HookWrite } from "../lib/model/forward/writes.ts";
import { deviation, rowRms } from "./compare.ts";
import { TEST_DEVICES } from "./devices.ts";
import { integers } from "./random.ts";
import { INVARIANT_TOLERANCES } from "./tolerances.ts";

const { sameOrder, otherOrder, decomposition } = INVARIANT_TOLERANCES;

/** Sites whose value the fused forward pass never computes on its own. */
const FUSED_SITES = /hook_scale$|hook_result$/;

const FIXTURES = ["gpt2-crfm-style", "pythia-style", "neox-sequential-style"];
const directoryOf = (name: string) => `tests/fixtures/checkpoints/${name}`;

function assertEqual(
  actual: HostArray,
  expected: HostArray,
  what: string,
  { limit } = sameOrder,
): void {
  const { worst, detail } = deviation(actual, expected, rowRms(expected));
  assert.ok(worst <= limit, `${what}: ${worst} over ${limit}: ${detail}`);
}

/** Everything about one model on one device that must hold whatever the weights are. */
async function checkInvariants(model: Model, t: Deno.TestContext): Promise<void> {
  const { config } = model;
  const tokens = integers([5, 12], 7, config.vocabSize);
  const run = (options: ForwardOptions) => runWithHooks(model, tokens, options);
  const outputs = ["logits", "loss_per_token", "entropy", "rank"];
  const plain = await run({ read: outputs });
  const all = hookTable(config);
  const cache = await run({ read: [...all.map((hook) => hook.name), ...outputs] });

  await t.step("every hook has the shape of the table", () => {
    for (const hook of all) {
      assert.deepEqual(cache[hook.name]!.shape, hookShape(hook, config, [5, 12]), hook.name);
    }
  });

  await t.step("reading every hook changes no result", () => {
    for (const name of outputs) assertEqual(cache[name]!, plain[name]!, name);
  });

  await t.step("patterns are causal and sum to 1", () => {
    const { data, shape } = cache["blocks.0.attn.hook_pattern"]!;
    const [, , T, S] = shape as [number, number, number, number];
    for (let row = 0; row < data.length / S; row++) {
      const query = row % T;
      const weights = Array.from(data.subarray(row * S, (row + 1) * S), Number);
      assert.ok(Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-5);
      assert.ok(weights.slice(query + 1).every((weight) => weight === 0), `row ${row}`);
    }
  });

  await t.step("masked scores are −∞", () => {
    const { data, shape } = cache["blocks.0.attn.hook_attn_scores"]!;
    const [, , T, S] = shape as [number, number, number, number];
    data.forEach((score, i) => {
      assert.equal(Number(score) === -Infinity, i % S > Math.floor(i / S) % T, `score ${i}`);
    });
  });

  await t.step("resid_post is resid_pre plus attn_out plus mlp_out", () => {
    for (let layer = 0; layer < config.nLayer; layer++) {
      const part = (site: string) => cache[`blocks.${layer}.${site}`]!.data;
      const [pre, attention, mlp] = ["hook_resid_pre", "hook_attn_out", "hook_mlp_out"].map(part);
      const post = cache[`blocks.${layer}.hook_resid_post`]!;
      const sum = Float64Array.from(
        post.data as Float32Array,
        (_, i) => Number(pre![i]) + Number(attention![i]) + Number(mlp![i]),
      );
      assertEqual({ data: sum, shape: post.shape }, post, `layer ${layer}`, decomposition);
    }
  });

  await t.step("writing a value to where it came from changes nothing", async () => {
    for (const { name } of all.filter(({ name }) => !name.endsWith("attn_scores"))) {
      const { data, shape } = cache[name]!;
      const value = { data: Float32Array.from(data as Float32Array), shape };
      const { logits } = await run({
        read: ["logits"],
        writes: [{ hook: name, kind: "replace", value }],
      });
      assertEqual(logits!, plain.logits!, name, FUSED_SITES.test(name) ? otherOrder : sameOrder);
    }
  });

  await t.step("a write changes its positions and nothing before them", async () => {
    const writes: HookWrite[] = [
      { hook: "blocks.0.hook_resid_post", kind: "add", value: 3, positions: [7], features: [2] },
    ];
    const read = ["blocks.0.hook_resid_post", "logits"];
    const changed = await run({ read, writes });
    const [B, T, D] = changed[read[0]!]!.shape as [number, number, number];
    const before = cache[read[0]!]!.data;
    changed[read[0]!]!.data.forEach((value, i) => {
      const written = Math.floor(i / D) % T === 7 && i % D === 2;
      const step = Number(value) - Number(before[i]);
      assert.ok(Math.abs(step - (written ? 3 : 0)) < 1e-5, `element ${i} of ${B * T * D}`);
    });
    const V = config.vocabSize;
    for (let row = 0; row < B * T; row++) {
      const same = (values: HostArray) => values.data.subarray(row * V, (row + 1) * V).join();
      const unchanged = same(changed.logits!) === same(cache.logits!) ||
        deviation(
            { data: changed.logits!.data.slice(row * V, (row + 1) * V), shape: [V] },
            { data: plain.logits!.data.slice(row * V, (row + 1) * V), shape: [V] },
          ).worst < 2e-5;
      assert.equal(unchanged, row % T < 7, `row ${row}`);
    }
  });

  await t.step("a run from a cached residual ends where the whole run ends", async () => {
    for (let layer = 1; layer < config.nLayer; layer++) {
      const residual = cache[`blocks.${layer}.hook_resid_pre`] as HostArray<Float32Array>;
      const { logits } = await run({ read: ["logits"], startLayer: layer, residual });
      assertEqual(logits!, plain.logits!, `from layer ${layer}`);
    }
  });

  await t.step("the last position alone is the last of all positions", async () => {
    const columns = Int32Array.of(3, 1, 250);
    const read = ["logits", "column_logits", "column_log_probs", "entropy"];
    const last = await run({ read, positions: "last", columns });
    const whole = await run({ read, columns });
    for (const name of read) {
      const [B, T, ...rest] = whole[name]!.shape as number[];
      const width = rest.reduce((a, b) => a * b, 1);
      const picked = Float64Array.from({ length: B! * width }, (_, i) => {
        const row = Math.floor(i / width);
        return Number(whole[name]!.data[((row + 1) * T! - 1) * width + i % width]);
      });
      assertEqual(
        last[name]!,
        { data: picked, shape: [B!, 1, ...rest] },
        name,
        name === "entropy" ? otherOrder : sameOrder,
      );
    }
  });

  await t.step("small batches give the results of one batch", async () => {
    let batches = 0;
    const read = ["blocks.1.mlp.hook_post", "loss_per_token"];
    const small = await run({ read, memory: 180_000, onProgress: () => batches++ });
    assert.ok(batches > 1, `${batches} batches`);
    const whole = await run({ read });
    for (const name of read) assertEqual(small[name]!, whole[name]!, name);
  });

  await t.step("stopping at a layer leaves the rest unasked", async () => {
    const name = "blocks.0.hook_resid_post";
    const { [name]: stopped } = await run({ read: [name], stopLayer: 1 });
    assertEqual(stopped!, cache[name]!, name);
    await assert.rejects(
      run({ read: ["logits"], stopLayer: 1 }),
      /outside the run of layers 0 to 0/,
    );
  });
}

for (const { name: deviceName, absent, open } of TEST_DEVICES) {
  for (const fixture of FIXTURES) {
    Deno.test({
      name: `forward pass of ${fixture} on ${deviceName} keeps its invariants`,
      ignore: absent,
      fn: async (t) => {
        await using device = await open();
        await using model = await loadModel(directoryOf(fixture), device);
        await checkInvariants(model, t);
      },
    });
  }
}
