import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { elementCount } from "../../array.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import type { ModelConfig } from "../config/config.ts";
import { parseConfig, readConfig } from "../config/read_config.ts";
import { countNonFinite, openWeights } from "./weights.ts";

const FOUND = "../shared/published/found-capp-gpt";
const MODELS = [
  ...["gpt2-hub-style", "gpt2-crfm-style", "pythia-style", "neox-sequential-style"].map((name) =>
    join("tests/fixtures/checkpoints", name)
  ),
  "tests/fixtures/gpt2-mini",
  ...["a", "b", "c", "d", "e"].map((seed) => `cache/models/tiny-gpt2-${seed}`),
  ...(existsSync(FOUND) ? [FOUND] : []),
];

function expectedShapes(config: ModelConfig): Map<string, number[]> {
  const { nLayer, nHead, dHead, dModel: D, dMlp: F, vocabSize: V, nPositions: P } = config;
  const inner = nHead * dHead;
  const shapes = new Map([["embed.W_E", [V, D]]]);
  if (config.modelType === "gpt2") shapes.set("pos_embed.W_pos", [P, D]);
  for (let l = 0; l < nLayer; l++) {
    for (const part of ["ln1.w", "ln1.b", "ln2.w", "ln2.b"]) shapes.set(`blocks.${l}.${part}`, [D]);
    for (const role of "QKV") {
      shapes.set(`blocks.${l}.attn.W_${role}`, [D, inner]);
      shapes.set(`blocks.${l}.attn.b_${role}`, [inner]);
    }
    shapes.set(`blocks.${l}.attn.W_O`, [inner, D]).set(`blocks.${l}.attn.b_O`, [D]);
    shapes.set(`blocks.${l}.mlp.W_in`, [D, F]).set(`blocks.${l}.mlp.b_in`, [F]);
    shapes.set(`blocks.${l}.mlp.W_out`, [F, D]).set(`blocks.${l}.mlp.b_out`, [D]);
  }
  return shapes.set("ln_final.w", [D]).set("ln_final.b", [D]).set("unembed.W_U", [V, D]);
}

for (const directory of MODELS) {
  Deno.test(`openWeights() reads every weight of ${directory}, finite and of its shape`, async () => {
    const config = await readConfig(directory);
    await using checkpoint = await openCheckpoint(directory);
    const weights = openWeights(checkpoint, config);
    const shapes = expectedShapes(config);
    assert.deepEqual([...weights.names].sort(), [...shapes.keys()].sort());
    for (const [name, shape] of shapes) {
      assert.deepEqual(weights.shape(name), shape, name);
      const data = await weights.read(name);
      assert.equal(data.length, elementCount(shape), name);
      assert.equal(countNonFinite(data), 0, name);
    }
    if (weights.isTied) {
      assert.deepEqual(await weights.read("unembed.W_U"), await weights.read("embed.W_E"));
    }
  });
}

/** A checkpoint in memory whose element i is i, and which counts its readings. */
function counting(shapes: Readonly<Record<string, number[]>>): Checkpoint & { log: string[] } {
  const log: string[] = [];
  return {
    log,
    files: ["/m/model.safetensors"],
    names: () => Object.keys(shapes),
    shape: (name) => shapes[name]!,
    read: (name) => {
      log.push(name);
      return Promise.resolve(
        Float32Array.from({ length: elementCount(shapes[name]!) }, (_, i) => i),
      );
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const GPT2 = parseConfig({
  model_type: "gpt2",
  ...{ n_layer: 1, n_head: 2, n_embd: 4, n_inner: 3, vocab_size: 5, n_positions: 6 },
}, "/m/config.json");
const GPT2_SHAPES = {
  "transformer.wte.weight": [5, 4],
  "transformer.wpe.weight": [6, 4],
  "transformer.h.0.ln_1.weight": [4],
  "transformer.h.0.ln_1.bias": [4],
  "transformer.h.0.attn.c_attn.weight": [4, 12],
  "transformer.h.0.attn.c_attn.bias": [12],
  "transformer.h.0.attn.c_proj.weight": [4, 4],
  "transformer.h.0.attn.c_proj.bias": [4],
  "transformer.h.0.attn.bias": [1, 1, 6, 6],
  "transformer.h.0.attn.masked_bias": [],
  "transformer.h.0.ln_2.weight": [4],
  "transformer.h.0.ln_2.bias": [4],
  "transformer.h.0.mlp.c_fc.weight": [4, 3],
  "transformer.h.0.mlp.c_fc.bias": [3],
  "transformer.h.0.mlp.c_proj.weight": [3, 4],
  "transformer.h.0.mlp.c_proj.bias": [4],
  "transformer.ln_f.weight": [4],
  "transformer.ln_f.bias": [4],
};

const NEOX = parseConfig({
  model_type: "gpt_neox",
  ...{ num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 4, rotary_pct: 1 },
  ...{ intermediate_size: 3, vocab_size: 5 },
}, "/m/config.json");
const NEOX_SHAPES = {
  "gpt_neox.embed_in.weight": [5, 4],
  "gpt_neox.layers.0.input_layernorm.weight": [4],
  "gpt_neox.layers.0.input_layernorm.bias": [4],
  "gpt_neox.layers.0.post_attention_layernorm.weight": [4],
  "gpt_neox.layers.0.post_attention_layernorm.bias": [4],
  "gpt_neox.layers.0.attention.query_key_value.weight": [12, 4],
  "gpt_neox.layers.0.attention.query_key_value.bias": [12],
  "gpt_neox.layers.0.attention.dense.weight": [4, 4],
  "gpt_neox.layers.0.attention.dense.bias": [4],
  "gpt_neox.layers.0.attention.rotary_emb.inv_freq": [1],
  "gpt_neox.layers.0.mlp.dense_h_to_4h.weight": [3, 4],
  "gpt_neox.layers.0.mlp.dense_h_to_4h.bias": [3],
  "gpt_neox.layers.0.mlp.dense_4h_to_h.weight": [4, 3],
  "gpt_neox.layers.0.mlp.dense_4h_to_h.bias": [4],
  "gpt_neox.final_layer_norm.weight": [4],
  "gpt_neox.final_layer_norm.bias": [4],
  "embed_out.weight": [5, 4],
};

Deno.test("openWeights() splits GPT-2's c_attn by columns", async () => {
  const weights = openWeights(counting(GPT2_SHAPES), GPT2);
  assert.deepEqual([...await weights.read("blocks.0.attn.W_K")], [
    ...[4, 5, 6, 7, 16, 17, 18, 19, 28, 29, 30, 31, 40, 41, 42, 43],
  ]);
  assert.deepEqual([...await weights.read("blocks.0.attn.b_V")], [8, 9, 10, 11]);
});

Deno.test("openWeights() untangles GPT-NeoX's heads and turns its matrices", async () => {
  const weights = openWeights(counting(NEOX_SHAPES), NEOX);
  // Output rows of K: head 0 has rows 2, 3 and head 1 has rows 8, 9 of [H, 3, K].
  assert.deepEqual([...await weights.read("blocks.0.attn.W_K")], [
    ...[8, 12, 32, 36, 9, 13, 33, 37, 10, 14, 34, 38, 11, 15, 35, 39],
  ]);
  assert.deepEqual([...await weights.read("blocks.0.attn.b_Q")], [0, 1, 6, 7]);
  assert.deepEqual([...await weights.read("blocks.0.mlp.W_in")], [
    ...[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11],
  ]);
});

Deno.test("openWeights() reads the tensor of query, key and value once", async () => {
  const checkpoint = counting(GPT2_SHAPES);
  const weights = openWeights(checkpoint, GPT2);
  for (const name of weights.names) await weights.read(name);
  assert.equal(checkpoint.log.length, new Set(checkpoint.log).size + 1, "wte twice, as it is tied");
  assert.ok(!checkpoint.log.some((name) => /\.attn\.(masked_)?bias/.test(name)));
});

Deno.test("openWeights() gives arrays that the caller may change", async () => {
  const weights = openWeights(counting(GPT2_SHAPES), GPT2);
  (await weights.read("blocks.0.attn.W_Q")).fill(-1);
  assert.ok((await weights.read("blocks.0.attn.W_Q")).every((value) => value >= 0));
});

Deno.test("openWeights() takes keys without prefix, and an unembedding of its own", () => {
  const bare = Object.fromEntries(
    Object.entries(GPT2_SHAPES).map(([name, shape]) => [name.replace("transformer.", ""), shape]),
  );
  assert.ok(openWeights(counting(bare), GPT2).isTied);
  const untied = { ...GPT2, tieWordEmbeddings: false };
  assert.throws(() => openWeights(counting(bare), untied), {
    message: /"lm_head.weight": missing/,
  });
  assert.ok(!openWeights(counting({ ...bare, "lm_head.weight": [5, 4] }), untied).isTied);
});

Deno.test("openWeights() names a tensor of the wrong shape, with both shapes", () => {
  const refuses = (changed: Record<string, number[]>, message: RegExp) =>
    assert.throws(() => openWeights(counting({ ...GPT2_SHAPES, ...changed }), GPT2), {
      code: "E-TENSOR-SHAPE",
      message,
    });
  refuses(
    { "transformer.wte.weight": [7, 4] },
    /"transformer.wte.weight": \[7, 4\] in \/m\/model.safetensors, expected \[5, 4\]/,
  );
  refuses({ "transformer.h.0.attn.c_attn.weight": [12, 4] }, /\[12, 4\] .*expected \[4, 12\]/);
  refuses({ "transformer.ln_f.bias": [] }, /\[\] in .*expected \[4\]/);
});

Deno.test("openWeights() names a missing tensor and the nearest", () => {
  const { "transformer.ln_f.bias": _, ...rest } = GPT2_SHAPES;
  assert.throws(() => openWeights(counting(rest), GPT2), {
    code: "E-CHECKPOINT",
    message: /"transformer.ln_f.bias": missing from .*nearest is "transformer.h.0.ln_1.bias"/,
  });
  assert.throws(() => openWeights(counting(NEOX_SHAPES), GPT2), {
    message: /wte.weight": missing/,
  });
  const weights = openWeights(counting(GPT2_SHAPES), GPT2);
  assert.throws(() => weights.shape("blocks.0.attn.W_q"), { message: /nearest is "blocks.0.att/ });
});

Deno.test("countNonFinite() counts NaN and both infinities", () => {
  assert.equal(countNonFinite(Float32Array.of(0, -0, NaN, Infinity, -Infinity, 3.4e38)), 3);
});
