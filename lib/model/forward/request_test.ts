import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { parseConfig } from "../config/read_config.ts";
import { checkRequest, type ForwardOptions, siteOf } from "./request.ts";

const config = parseConfig({ "model_type": "gpt2", "n_layer": 4, "n_head": 2, "n_embd": 8 }, "");
const residual = normal([2, 3, 8], 1);
const check = (options: Partial<ForwardOptions>) =>
  checkRequest(config, [2, 3], { read: [], ...options });
const post = (layer: number) => `blocks.${layer}.hook_resid_post`;

Deno.test("checkRequest() sorts reads and writes by the part that answers", () => {
  const zero = (hook: string) => ({ hook, kind: "zero" as const });
  const writes = [zero("hook_embed"), zero(post(2)), zero("ln_final.hook_scale"), zero(post(2))];
  const request = check({
    read: ["hook_pos_embed", post(1), "blocks.1.attn.hook_z", post(1), "logits", "logits"],
    writes,
  });
  assert.deepEqual(
    request.reads,
    new Map<unknown, unknown>([
      ["embed", new Set(["hook_pos_embed"])],
      [1, new Set([post(1), "blocks.1.attn.hook_z"])],
    ]),
  );
  assert.deepEqual(
    request.writes,
    new Map<unknown, unknown>([
      ["embed", [writes[0]]],
      [2, [writes[1], writes[3]]],
      ["final", [writes[2]]],
    ]),
  );
  assert.deepEqual(request.outputs, new Set(["logits"]));
  assert.equal(siteOf(config, post(1)), "hook_resid_post");
});

Deno.test("checkRequest() runs no block that no result needs", () => {
  const layers = (options: Partial<ForwardOptions>) => {
    const { startLayer, endLayer, runsHead } = check(options);
    return [startLayer, endLayer, runsHead];
  };
  assert.deepEqual(layers({}), [0, 0, false]);
  assert.deepEqual(layers({ read: ["hook_embed"] }), [0, 0, false]);
  assert.deepEqual(layers({ read: [post(0), post(2)] }), [0, 3, false]);
  assert.deepEqual(layers({ read: ["entropy"] }), [0, 4, true]);
  assert.deepEqual(layers({ read: ["ln_final.hook_scale"] }), [0, 4, true]);
  assert.deepEqual(layers({ read: [post(3)], startLayer: 2, residual }), [2, 4, false]);
  assert.deepEqual(layers({ startLayer: 2, residual }), [2, 2, false]);
  assert.deepEqual(layers({ read: ["logits"], startLayer: 4, residual }), [4, 4, true]);
});

Deno.test("checkRequest() takes what a run reaches and refuses the rest", () => {
  const reached: Partial<ForwardOptions>[] = [
    { read: [post(0)], stopLayer: 1 },
    { read: [post(1)], startLayer: 1, stopLayer: 2, residual },
    { read: ["hook_embed"], stopLayer: 0 },
    { read: ["logits"], startLayer: 1, residual },
  ];
  for (const options of reached) check(options);
  const range = (start: number, stop: number) =>
    `outside the run of layers ${start} to ${stop}, expected hooks and outputs that the run reaches`;
  const unreached: [Partial<ForwardOptions>, string, string][] = [
    [{ read: [post(1)], stopLayer: 1 }, "layer 1", range(0, 0)],
    [{ read: ["logits"], stopLayer: 3 }, "final", range(0, 2)],
    [
      { read: ["logits"], stopLayer: 0 },
      "final",
      "outside the run of no layer, expected hooks and outputs that the run reaches",
    ],
    [{ read: ["ln_final.hook_scale"], stopLayer: 3 }, "final", range(0, 2)],
    [{ read: ["hook_embed"], startLayer: 1, residual }, "embed", range(1, 3)],
    [{ read: [post(0)], startLayer: 1, residual }, "layer 0", range(1, 3)],
    [
      { writes: [{ hook: post(3), kind: "zero" }], read: [post(0)], stopLayer: 2 },
      "layer 3",
      range(0, 1),
    ],
  ];
  for (const [options, thing, rest] of unreached) {
    assert.throws(() => check(options), {
      code: "E-HOOK",
      message: `Cannot run with "${thing}": ${rest}`,
    });
  }
});

Deno.test("checkRequest() wants a residual exactly when it does not start at layer 0", () => {
  const refuse = (options: Partial<ForwardOptions>, message: RegExp) =>
    assert.throws(() => check(options), { code: "E-HOOK", message });
  refuse({ startLayer: 1 }, /"startLayer": 1 without a residual, expected a residual exactly/);
  refuse({ residual }, /"startLayer": 0 with a residual/);
  const narrow = normal([2, 3, 7], 1);
  refuse({ startLayer: 1, residual: narrow }, /"residual": \[2, 3, 7\], expected \[2, 3, 8\]/);
  const orders = [[-1, 4], [3, 2], [0, 5], [0.5, 4], [5, 5], [NaN, 4]];
  for (const [startLayer, stopLayer] of orders) {
    refuse({ startLayer, stopLayer, residual }, /expected 0 ≤ startLayer ≤ stopLayer ≤ 4$/);
  }
});

Deno.test("checkRequest() refuses next-token outputs at the last position", () => {
  for (const output of ["loss_per_token", "rank"]) {
    assert.throws(() => check({ read: [output], positions: "last" }), {
      code: "E-HOOK",
      message: `Cannot run with "${output}": asked at the last position, expected positions that ` +
        "have a next token",
    });
  }
  assert.equal(check({ read: ["logits", "entropy"], positions: "last" }).last, true);
  assert.equal(check({ read: ["loss_per_token"] }).last, false);
});

Deno.test("checkRequest() wants columns for column outputs, inside the vocabulary", () => {
  for (const output of ["column_logits", "column_log_probs"]) {
    assert.throws(() => check({ read: [output] }), {
      code: "E-HOOK",
      message: `Cannot run with "${output}": no columns, expected token ids in \`columns\``,
    });
  }
  for (const id of [-1, 50257]) {
    assert.throws(() => check({ read: ["column_logits"], columns: Int32Array.of(0, id) }), {
      code: "E-TOKENS",
      message:
        `Cannot read column "token ${id}": an id outside the vocabulary, expected 0 to 50256`,
    });
  }
  const columns = Int32Array.of(0, 50256, 0);
  assert.equal(check({ read: ["column_logits"], columns }).columns, columns);
});

Deno.test("checkRequest() refuses unknown names of reads and writes", () => {
  assert.throws(() => check({ read: ["blocks.4.hook_resid_post"] }), { code: "E-HOOK" });
  assert.throws(() => check({ read: ["constructor"] }), { code: "E-HOOK" });
  assert.throws(() => check({ writes: [{ hook: "logits", kind: "zero" }] }), { code: "E-HOOK" });
});
