import assert from "node:assert/strict";
import { parseConfig } from "../config/read_config.ts";
import {
  findHook,
  FORWARD_OUTPUTS,
  type Hook,
  hookShape,
  hookTable,
  isForwardOutput,
} from "./hooks.ts";

const NEOX = {
  "model_type": "gpt_neox",
  "num_hidden_layers": 1,
  "num_attention_heads": 2,
  "hidden_size": 16,
  "rotary_pct": 0.5,
};
const gpt2 = parseConfig({ "model_type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 16 }, "");
const parallel = parseConfig(NEOX, "");
const sequential = parseConfig({ ...NEOX, "use_parallel_residual": false }, "");

/** TransformerLens' names of HookedTransformer, in the order in which a forward pass meets them. */
const GPT2_NAMES = [
  "hook_embed",
  "hook_pos_embed",
  "blocks.0.hook_resid_pre",
  "blocks.0.ln1.hook_scale",
  "blocks.0.ln1.hook_normalized",
  "blocks.0.attn.hook_q",
  "blocks.0.attn.hook_k",
  "blocks.0.attn.hook_v",
  "blocks.0.attn.hook_attn_scores",
  "blocks.0.attn.hook_pattern",
  "blocks.0.attn.hook_z",
  "blocks.0.attn.hook_result",
  "blocks.0.hook_attn_out",
  "blocks.0.hook_resid_mid",
  "blocks.0.ln2.hook_scale",
  "blocks.0.ln2.hook_normalized",
  "blocks.0.mlp.hook_pre",
  "blocks.0.mlp.hook_post",
  "blocks.0.hook_mlp_out",
  "blocks.0.hook_resid_post",
  "ln_final.hook_scale",
  "ln_final.hook_normalized",
];

const namesOf = (table: readonly Hook[]) => table.map(({ name }) => name);

Deno.test("hookTable() has TransformerLens' names of a GPT-2, in the order of the pass", () => {
  assert.deepEqual(namesOf(hookTable(gpt2)), GPT2_NAMES);
});

Deno.test("hookTable() of a GPT-NeoX has rotary hooks and no position embedding", () => {
  const rotary = GPT2_NAMES.filter((name) => name !== "hook_pos_embed");
  const scores = rotary.indexOf("blocks.0.attn.hook_attn_scores");
  rotary.splice(scores, 0, "blocks.0.attn.hook_rot_q", "blocks.0.attn.hook_rot_k");
  assert.deepEqual(namesOf(hookTable(sequential)), rotary);
  const withoutMiddle = rotary.filter((name) => name !== "blocks.0.hook_resid_mid");
  assert.deepEqual(namesOf(hookTable(parallel)), withoutMiddle);
});

Deno.test("hookTable() repeats the block for each layer, in order", () => {
  const table = hookTable({ ...gpt2, nLayer: 3 });
  assert.equal(table.length, 2 + 3 * 18 + 2);
  assert.equal(new Set(namesOf(table)).size, table.length);
  const layers = table.flatMap(({ layer }) => layer ?? []);
  assert.deepEqual(layers, layers.toSorted((a, b) => a - b));
  assert.deepEqual([...new Set(layers)], [0, 1, 2]);
  for (const { name, layer, site } of table) {
    assert.equal(name, layer === null ? site : `blocks.${layer}.${site}`);
  }
});

Deno.test("hookShape() gives each axis the extent of the model and the run", () => {
  const config = { ...gpt2, nHead: 5, dHead: 7, dModel: 35, dMlp: 11 };
  const shapeOf = (name: string) => hookShape(findHook(config, name), config, [2, 3]);
  assert.deepEqual(shapeOf("hook_embed"), [2, 3, 35]);
  assert.deepEqual(shapeOf("blocks.0.ln1.hook_scale"), [2, 3, 1]);
  assert.deepEqual(shapeOf("blocks.0.attn.hook_q"), [2, 3, 5, 7]);
  assert.deepEqual(shapeOf("blocks.0.attn.hook_pattern"), [2, 5, 3, 3]);
  assert.deepEqual(shapeOf("blocks.0.attn.hook_result"), [2, 3, 5, 35]);
  assert.deepEqual(shapeOf("blocks.0.mlp.hook_post"), [2, 3, 11]);
});

Deno.test("findHook() finds every hook of the table and names the nearest of an unknown one", () => {
  for (const hook of hookTable(parallel)) assert.deepEqual(findHook(parallel, hook.name), hook);
  const nearest = (name: string, expected: string, config = gpt2) =>
    assert.throws(() => findHook(config, name), {
      code: "E-HOOK",
      message:
        `Cannot find hook "${name}": not a hook of this model, expected a name of its hook ` +
        `table, nearest is "${expected}"`,
    });
  nearest("blocks.0.mlp.hook_pots", "blocks.0.mlp.hook_post");
  nearest("blocks.0.hook_resid_mid", "blocks.0.hook_resid_pre", parallel);
  nearest("logit", "logits");
  nearest("blocks.1.hook_resid_pre", "blocks.0.hook_resid_pre");
  assert.throws(() => findHook(gpt2, "activations"), {
    message: 'Cannot find hook "activations": not a hook of this model, expected a name of its ' +
      "hook table",
  });
});

Deno.test("isForwardOutput() knows the outputs and nothing an object inherits", () => {
  for (const name of Object.keys(FORWARD_OUTPUTS)) assert.ok(isForwardOutput(name), name);
  for (const name of ["constructor", "toString", "__proto__", "", "hook_embed"]) {
    assert.ok(!isForwardOutput(name), name);
  }
});
