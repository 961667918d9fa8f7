import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig, readConfig } from "./read_config.ts";

const FIXTURES = "tests/fixtures/checkpoints";

function parse(json: unknown) {
  return parseConfig(json, "/m/config.json");
}

function refuses(json: unknown, message: RegExp, code = "E-CONFIG"): void {
  assert.throws(() => parse(json), { code, message });
}

Deno.test("parseConfig() gives old configs the Hugging Face defaults", () => {
  assert.deepEqual(parse({ model_type: "gpt2" }), {
    modelType: "gpt2",
    nLayer: 12,
    nHead: 12,
    dModel: 768,
    dHead: 64,
    dMlp: 3072,
    vocabSize: 50257,
    nPositions: 1024,
    layerNormEpsilon: 1e-5,
    gelu: "tanh",
    scaleAttnWeights: true,
    scaleAttnByInverseLayerIdx: false,
    reorderAndUpcastAttn: false,
    parallelResidual: false,
    rotary: null,
    tieWordEmbeddings: true,
    bosTokenId: 50256,
    eosTokenId: 50256,
  });
  assert.deepEqual(parse({ model_type: "gpt_neox" }), {
    modelType: "gpt_neox",
    nLayer: 44,
    nHead: 64,
    dModel: 6144,
    dHead: 96,
    dMlp: 24576,
    vocabSize: 50432,
    nPositions: 2048,
    layerNormEpsilon: 1e-5,
    gelu: "erf",
    scaleAttnWeights: true,
    scaleAttnByInverseLayerIdx: false,
    reorderAndUpcastAttn: false,
    parallelResidual: true,
    rotary: { dims: 24, base: 10000, rounding: "none" },
    tieWordEmbeddings: false,
    bosTokenId: 0,
    eosTokenId: 2,
  });
});

Deno.test("readConfig() reads the checkpoints of the fixtures", async () => {
  const crfm = await readConfig(join(FIXTURES, "gpt2-crfm-style"));
  assert.deepEqual([crfm.nLayer, crfm.dModel, crfm.dMlp, crfm.vocabSize], [3, 48, 192, 512]);
  assert.ok(crfm.scaleAttnByInverseLayerIdx && crfm.reorderAndUpcastAttn);
  const pythia = await readConfig(join(FIXTURES, "pythia-style"));
  assert.deepEqual(pythia.rotary, { dims: 4, base: 10000, rounding: "none" });
  assert.ok(pythia.parallelResidual && !pythia.tieWordEmbeddings);
  const sequential = await readConfig(join(FIXTURES, "neox-sequential-style"));
  assert.deepEqual(sequential.rotary, { dims: 4, base: 10000, rounding: "bfloat16" });
  assert.equal(sequential.parallelResidual, false);
});

Deno.test("parseConfig() knows both spellings of the rotary settings", () => {
  const base = JSON.parse(
    '{"model_type":"gpt_neox","hidden_size":64,"num_attention_heads":2}',
  );
  const rotary = (more: object) => {
    const { dims, base: theta } = parse({ ...base, ...more }).rotary!;
    return [dims, theta];
  };
  assert.deepEqual(rotary({ rotary_pct: 0.5, rotary_emb_base: 500 }), [16, 500]);
  const rope = JSON.parse('{"partial_rotary_factor":1,"rope_theta":7,"rope_type":"default"}');
  assert.deepEqual(rotary({ rope_parameters: rope }), [32, 7]);
  assert.deepEqual(rotary({ rope_parameters: rope, rotary_pct: 1, rope_scaling: null }), [32, 7]);
  refuses({ ...base, rope_parameters: rope, rotary_pct: 0.5 }, /partial_rotary_factor is 1, exp/);
  refuses({ ...base, rope_parameters: { rope_type: "yarn" } }, /rope_type is "yarn"/);
  refuses({ ...base, rope_scaling: { type: "linear", factor: 2 } }, /rope_type is "linear"/);
  refuses({ ...base, rotary_pct: 0.1 }, /rotary_pct is 0.1, expected an even number/);
  refuses({ ...base, rotary_pct: 1.5 }, /rotary_pct is 1.5/);
  refuses({ ...base, rope_parameters: [] }, /rope_parameters is \[\], expected an object/);
});

Deno.test("parseConfig() accepts the activations it computes and refuses the others", () => {
  const gpt2 = (activation: unknown) =>
    parse({ model_type: "gpt2", activation_function: activation }).gelu;
  assert.deepEqual(["gelu_new", "gelu_pytorch_tanh", "gelu"].map(gpt2), ["tanh", "tanh", "erf"]);
  for (const name of ["relu", "silu", "quick_gelu", "toString", 5]) {
    refuses({ model_type: "gpt2", activation_function: name }, /activation_function is .*one of/);
  }
  refuses({ model_type: "gpt_neox", hidden_act: "relu" }, /hidden_act is "relu"/);
});

Deno.test("parseConfig() refuses sizes that are malformed, unbounded or do not divide", () => {
  const gpt2 = (more: object) => ({ model_type: "gpt2", ...more });
  refuses(gpt2({ n_embd: 770 }), /n_embd is 770, expected a multiple of the 12 heads/);
  for (const value of [0, -1, 1.5, "12", 1e9, true, [12]]) {
    refuses(gpt2({ n_layer: value }), /n_layer is .*expected a whole number from 1 to 512/);
  }
  refuses(gpt2({ layer_norm_epsilon: 0 }), /layer_norm_epsilon is 0/);
  refuses(gpt2({ tie_word_embeddings: "yes" }), /tie_word_embeddings is "yes"/);
  refuses(gpt2({ add_cross_attention: true }), /add_cross_attention is true, expected false/);
  refuses({ model_type: "gpt_neox", attention_bias: false }, /attention_bias is false/);
  refuses(gpt2({ n_layer: 12, num_hidden_layers: 6 }), /n_layer is 12, expected 6, as num_hidden/);
  refuses(gpt2({ eos_token_id: "x" }), /eos_token_id is "x"/);
});

Deno.test("parseConfig() takes the general names, null and several end tokens", () => {
  const config = parse({
    model_type: "gpt2",
    hidden_size: 64,
    num_attention_heads: 4,
    num_hidden_layers: 2,
    max_position_embeddings: 32,
    n_inner: null,
    eos_token_id: [7, 8],
    bos_token_id: null,
  });
  assert.deepEqual([config.dModel, config.nHead, config.nLayer, config.nPositions], [64, 4, 2, 32]);
  assert.deepEqual([config.dMlp, config.eosTokenId, config.bosTokenId], [256, 7, null]);
});

Deno.test("parseConfig() names another architecture and the two it knows", () => {
  const expected = /model_type "llama", expected "gpt2" or "gpt_neox"/;
  refuses({ model_type: "llama" }, expected, "E-ARCHITECTURE");
  refuses({ model_type: "toString" }, /model_type "toString"/, "E-ARCHITECTURE");
  refuses({}, /without model_type/, "E-ARCHITECTURE");
  refuses([], /not an object/);
});

Deno.test("readConfig() tells missing, empty and broken files apart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(readConfig(folder), { code: "E-FILE-MISSING" });
    const path = join(folder, "config.json");
    for (const text of ["", "{", '{"a":\xff}']) {
      await Deno.writeFile(path, Uint8Array.from(text, (c) => c.charCodeAt(0)));
      await assert.rejects(readConfig(folder), { code: "E-CONFIG", message: /not JSON/ });
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(readConfig(folder), { code: "E-FILE-MISSING", message: /a folder/ });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
