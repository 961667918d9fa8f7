// Ablations in closed form against the model's own forward pass, on every device.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostArray } from "../lib/array.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { foldWeights } from "../lib/model/folding.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import type { Tokens } from "../lib/model/tokens.ts";
import { ablateNeurons } from "../lib/neuron/attention/ablate.ts";
import {
  ablateByForward,
  cacheForward,
  type HeadResults,
} from "../lib/neuron/attention/ablate_by_forward.ts";
import { ablateQueryByQuery } from "../lib/neuron/attention/check_queries.ts";
import type { HeadPath } from "../lib/neuron/attention/head_path.ts";
import { inFolder } from "./folders.ts";
import { TEST_DEVICES } from "./devices.ts";
import { integers } from "./random.ts";
import { writeSmallGpt2 } from "./random_gpt2.ts";
import { ATTENTION_TOLERANCES } from "./tolerances.ts";

interface Asked {
  readonly path: HeadPath;
  readonly neurons: Int32Array;
  readonly afterPos: number;
  readonly entries?: number;
  readonly memory?: number;
}

/** |z| and attention of every neuron `[R, B, T]`, and of the clean run at the end, from positions on. */
async function inClosedForm(model: Model, tokens: Tokens, asked: Asked): Promise<HeadResults> {
  const [B, T] = tokens.shape as [number, number];
  const R = asked.neurons.length;
  const queries = T - asked.afterPos;
  const norm = new Float64Array((R + 1) * B * T).fill(NaN);
  const bos = norm.slice();
  for await (const part of ablateNeurons(model, foldWeights(model.weights), tokens, asked)) {
    const place = (r: number) => (r * B + part.row) * T + asked.afterPos;
    for (let i = 0; i < part.count; i++) {
      const own = (values: Float64Array) => values.subarray(i * queries, (i + 1) * queries);
      norm.set(own(part.norm), place(part.first + i));
      bos.set(own(part.bos), place(part.first + i));
    }
    norm.set(part.clean.norm, place(R));
    bos.set(part.clean.bos, place(R));
  }
  return { norm, bos };
}

/** The same by hooks on the residual, keys and values, all positions at once. */
async function byForward(model: Model, tokens: Tokens, asked: Asked): Promise<HeadResults> {
  const T = tokens.shape[1]!;
  const { path, afterPos } = asked;
  const cache = await cacheForward(model, tokens, path);
  const positions = Array.from({ length: T - afterPos }, (_, i) => afterPos + i);
  const fromStart = model.device.name === "reference";
  const parts: HeadResults[] = [];
  for (const neuron of asked.neurons) {
    parts.push(await ablateByForward(model, tokens, { path, neuron, positions, cache, fromStart }));
  }
  parts.push(cache.clean);
  const joined = (name: "norm" | "bos") =>
    Float64Array.from(
      parts.flatMap((part) => Array.from(part[name], (value, n) => n % T < afterPos ? NaN : value)),
    );
  return { norm: joined("norm"), bos: joined("bos") };
}

function gap(a: Float64Array, b: Float64Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => {
    assert.equal(Number.isNaN(value), Number.isNaN(b[i]!), `element ${i}`);
    return Number.isNaN(value) ? most : Math.max(most, Math.abs(value - b[i]!));
  }, 0);
}

function largest(a: HeadResults, b: HeadResults): number {
  return Math.max(gap(a.norm, b.norm), gap(a.bos, b.bos));
}

const CASES: Record<string, [directory: string, path: HeadPath]> = {
  "GPT-2": ["cache/models/tiny-gpt2-a", { attentionLayer: 3, head: 1, mlpLayer: 0 }],
  "GPT-2 that divides by the layer": [
    "tests/fixtures/checkpoints/gpt2-crfm-style",
    { attentionLayer: 1, head: 1, mlpLayer: 0 },
  ],
  "parallel NeoX, rotary": [
    "tests/fixtures/checkpoints/pythia-style",
    { attentionLayer: 2, head: 3, mlpLayer: 1 },
  ],
  "sequential NeoX, rotary": [
    "tests/fixtures/checkpoints/neox-sequential-style",
    { attentionLayer: 1, head: 0, mlpLayer: 0 },
  ],
};

for (const { name, absent, open } of TEST_DEVICES) {
  Deno.test(`ablateNeurons() equals the model's own pass with hooks on ${name}`, {
    ignore: absent,
  }, async () => {
    const tolerance = ATTENTION_TOLERANCES[name === "reference" ? "reference" : "device"];
    for (const [title, [directory, path]] of Object.entries(CASES)) {
      await using device = await open();
      await using model = await loadModel(directory, device);
      const tokens = integers([2, 20], 3, model.config.vocabSize);
      const neurons = Int32Array.of(3, 7, 0, 12);
      // So little memory that the model runs row by row.
      const asked = { path, neurons, afterPos: 6, entries: 2, memory: 400_000 };
      const quick = await inClosedForm(model, tokens, asked);
      const slow = await byForward(model, tokens, asked);
      const worst = largest(quick, slow);
      assert.ok(worst <= tolerance.limit, `${title}: ${worst}`);
      // The neurons must do something for that to say anything.
      const clean = slow.norm.slice(4 * 40);
      const effect = slow.norm.reduce((most, value, n) => {
        const apart = Math.abs(value - clean[n % 40]!);
        return Number.isNaN(apart) ? most : Math.max(most, apart);
      }, 0);
      assert.ok(effect > 1e-3, `${title}: ${effect}`);
    }
  });
}

/** Sizes of a random model, a path through it, and rows for it. */
const RANDOM = fc.record({
  layers: fc.integer({ min: 2, max: 4 }),
  heads: fc.constantFrom(2, 3, 4),
  perHead: fc.constantFrom(4, 6),
  scalesByLayer: fc.boolean(),
  seed: fc.integer({ min: 0, max: 10_000 }),
  rows: fc.integer({ min: 1, max: 3 }),
  positions: fc.integer({ min: 2, max: 12 }),
  places: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
  entries: fc.integer({ min: 1, max: 9 }),
});

type Random = typeof RANDOM extends fc.Arbitrary<infer T> ? T : never;

/** A model and a question to it as `random` says. */
async function withRandom(
  random: Random,
  use: (model: Model, tokens: Tokens, asked: Asked) => Promise<void>,
): Promise<void> {
  const { layers, heads, perHead, positions, places: [a, h, q, p] } = random;
  const shape = { layers, heads, width: heads * perHead, vocabulary: 30, positions };
  await inFolder(async (folder) => {
    await writeSmallGpt2(folder, { ...shape, ...random });
    await using device = openReference();
    await using model = await loadModel(folder, device);
    const attentionLayer = 1 + a % (layers - 1);
    const path = { attentionLayer, head: h % heads, mlpLayer: q % attentionLayer };
    const neurons = integers([5], random.seed, model.config.dMlp).data;
    const tokens = integers([random.rows, positions], random.seed, 30);
    await use(model, tokens, { path, neurons, afterPos: p % positions, entries: random.entries });
  });
}

Deno.test("ablateNeurons() equals the model's own pass on random models of any shape", () =>
  fc.assert(
    fc.asyncProperty(RANDOM, (random) =>
      withRandom(random, async (model, tokens, asked) => {
        const quick = await inClosedForm(model, tokens, asked);
        const worst = largest(quick, await byForward(model, tokens, asked));
        assert.ok(worst <= ATTENTION_TOLERANCES.reference.limit, `${worst}`);
      })),
    { numRuns: 30 },
  ));

/** q of every head at every position for one neuron's ablation, from the raw weights. */
async function plainQueries(model: Model, tokens: Tokens, { path, neurons }: Asked) {
  const { attentionLayer: A, mlpLayer: Q } = path;
  const { dModel: D, dMlp: F, layerNormEpsilon } = model.config;
  const weight = (name: string) => model.weights.read(name);
  const [post, residual] = [`blocks.${Q}.mlp.hook_post`, `blocks.${A}.hook_resid_pre`];
  const cache = await runWithHooks(model, tokens, { read: [post, residual] });
  const [wOut, wq, bq, gain, shift] = [
    await weight(`blocks.${Q}.mlp.W_out`),
    await weight(`blocks.${A}.attn.W_Q`),
    await weight(`blocks.${A}.attn.b_Q`),
    await weight(`blocks.${A}.ln1.w`),
    await weight(`blocks.${A}.ln1.b`),
  ];
  const neuron = neurons[0]!;
  const N = cache[residual]!.data.length / D;
  const data = new Float32Array(N * D);
  for (let n = 0; n < N; n++) {
    const a = Number(cache[post]!.data[n * F + neuron]);
    const x = Float64Array.from(
      { length: D },
      (_, d) => Number(cache[residual]!.data[n * D + d]) - a * wOut[neuron * D + d]!,
    );
    const mean = x.reduce((sum, value) => sum + value, 0) / D;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / D;
    const normal = x.map((value, d) =>
      (value - mean) / Math.sqrt(variance + layerNormEpsilon) * gain[d]! + shift[d]!
    );
    for (let j = 0; j < D; j++) {
      data[n * D + j] = normal.reduce((sum, value, d) => sum + value * wq[d * D + j]!, bq[j]!);
    }
  }
  const { nHead: H, dHead: K } = model.config;
  return { data, shape: [...tokens.shape, H, K] } as HostArray<Float32Array>;
}

Deno.test("ablateNeurons() equals a pass whose queries are written out in full", () =>
  fc.assert(
    fc.asyncProperty(RANDOM, (random) =>
      withRandom(random, async (model, tokens, asked) => {
        const one = { ...asked, neurons: asked.neurons.slice(0, 1) };
        const quick = await inClosedForm(model, tokens, one);
        const { attentionLayer: A, head } = asked.path;
        const [B, T] = tokens.shape as [number, number];
        const { nHead: H, dHead: K } = model.config;
        const [z, pattern] = [`blocks.${A}.attn.hook_z`, `blocks.${A}.attn.hook_pattern`];
        const result = await runWithHooks(model, tokens, {
          read: [z, pattern],
          writes: [{
            hook: `blocks.${A}.attn.hook_q`,
            kind: "replace",
            value: await plainQueries(model, tokens, asked),
          }],
        });
        for (let n = 0; n < B * T; n++) {
          const t = n % T;
          if (t < asked.afterPos) continue;
          const from = (n * H + head) * K;
          const norm = Math.hypot(...Array.from(result[z]!.data.slice(from, from + K), Number));
          assert.ok(Math.abs(quick.norm[n]! - norm) <= ATTENTION_TOLERANCES.reference.limit);
          const bos = result[pattern]!.data[((Math.floor(n / T) * H + head) * T + t) * T];
          assert.ok(Math.abs(quick.bos[n]! - Number(bos)) <= ATTENTION_TOLERANCES.reference.limit);
        }
      })),
    { numRuns: 20 },
  ));

Deno.test("ablateQueryByQuery() equals all queries at once, whatever the size of batches", () =>
  fc.assert(
    fc.asyncProperty(RANDOM, (random) =>
      withRandom(random, async (model, tokens, asked) => {
        const { path, afterPos } = asked;
        const [B, T] = tokens.shape as [number, number];
        const neuron = asked.neurons[0]!;
        const slow = await ablateQueryByQuery(model, tokens, { path, neuron, afterPos });
        const quick = await inClosedForm(model, tokens, {
          ...asked,
          neurons: asked.neurons.slice(0, 1),
        });
        for (let row = 0; row < B; row++) {
          for (let t = afterPos; t < T; t++) {
            const [at, clean] = [row * T + t, (B + row) * T + t];
            const to = row * (T - afterPos) + t - afterPos;
            const normDiff = quick.norm[at]! - quick.norm[clean]!;
            assert.ok(Math.abs(slow.normDiff[to]! - normDiff) <= 2e-6);
            assert.ok(Math.abs(slow.bosDiff[to]! - (quick.bos[at]! - quick.bos[clean]!)) <= 2e-6);
          }
        }
      })),
    { numRuns: 10 },
  ));

Deno.test("ablateNeurons() leaves an inactive neuron's head as it is, to the last bit", async () => {
  await using device = openReference();
  await using model = await loadModel("cache/models/tiny-gpt2-a", device);
  const dead = Object.create(model, {
    weights: {
      value: {
        ...{ names: model.weights.names, isTied: model.weights.isTied },
        shape: (name: string) => model.weights.shape(name),
        read: async (name: string) => {
          const data = await model.weights.read(name);
          return name === "blocks.0.mlp.W_out" ? data.fill(0) : data;
        },
      },
    },
  }) as Model;
  const tokens = integers([1, 12], 1, 4096);
  const asked = {
    path: { attentionLayer: 2, head: 0, mlpLayer: 0 },
    neurons: Int32Array.of(0, 1),
    afterPos: 3,
  };
  for await (
    const { norm, bos, clean } of ablateNeurons(model, foldWeights(dead.weights), tokens, asked)
  ) {
    assert.deepEqual([...norm], [...clean.norm, ...clean.norm]);
    assert.deepEqual([...bos], [...clean.bos, ...clean.bos]);
  }
});
