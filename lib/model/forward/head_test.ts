import assert from "node:assert/strict";
import type { HostArray } from "../../array.ts";
import { integers, normal } from "../../../tests/random.ts";
import { type Feeds, runOutputs } from "../../../tests/run_graph.ts";
import { Graph } from "../../device/graph.ts";
import { parseConfig } from "../config/read_config.ts";
import { buildHead, finishHead, type HeadPlan, nextTokens } from "./head.ts";
import { HookPoints } from "./hook_points.ts";
import type { ForwardOutput } from "./hooks.ts";

const [B, T, D, V] = [2, 4, 6, 9];
const config = parseConfig({
  "model_type": "gpt2",
  "n_layer": 1,
  "n_head": 2,
  "n_embd": D,
  "vocab_size": V,
}, "");
const ALL: readonly ForwardOutput[] = [
  "logits",
  "loss_per_token",
  "entropy",
  "rank",
  "column_logits",
  "column_log_probs",
];
const tokens = integers([B, T], 1, V).data;
const columns = Int32Array.of(8, 0);
const residual = normal([B, T, D], 2, 3);
const weight = normal([D], 3);
const bias = normal([D], 4);
const unembedding = normal([V, D], 5);

/** Runs a head of its own weights and finishes what it gives. */
async function head(outputs: readonly ForwardOutput[], last = false) {
  const plan: HeadPlan = { outputs: new Set(outputs), last, columns: columns.length };
  const feeds: Feeds = {
    residual,
    "ln_final.w": weight,
    "ln_final.b": bias,
    "unembed.W_U": unembedding,
    targets: { data: nextTokens(tokens, T), shape: [B * T] },
    columns: { data: columns, shape: [2] },
    rows: { data: Int32Array.of(T - 1, 2 * T - 1), shape: [2] },
  };
  const computed = await runOutputs(feeds, (graph, values) => {
    const hooks = new HookPoints(graph, { reads: new Set(), writes: new Map() });
    buildHead(hooks, config, { residual: values.residual!, plan });
    return Object.fromEntries(graph.outputs);
  });
  const arrays = Object.entries(computed).map(([name, data]): [string, HostArray] => [
    name,
    { data: Float64Array.from(data), shape: [data.length] },
  ]);
  return finishHead(plan, new Map(arrays), [B, T]);
}

/** Log-softmax of row `n`'s logits, straight from the definition. */
function logProbabilities(n: number): number[] {
  const row = [...residual.data.subarray(n * D, (n + 1) * D)];
  const mean = row.reduce((a, b) => a + b) / D;
  const scale = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / D + 1e-5);
  const normed = row.map((x, d) => (x - mean) / scale * weight.data[d]! + bias.data[d]!);
  const logits = Array.from(
    { length: V },
    (_, v) => normed.reduce((sum, x, d) => sum + x * unembedding.data[v * D + d]!, 0),
  );
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

function assertNear(actual: HostArray, expected: readonly number[], shape: number[]): void {
  assert.deepEqual(actual.shape, shape);
  assert.equal(actual.data.length, expected.length);
  expected.forEach((value, i) => {
    const apart = Math.abs(Number(actual.data[i]) - value);
    assert.ok(apart < 1e-12, `${i}: ${actual.data[i]} against ${value}`);
  });
}

Deno.test("nextTokens() gives each position its next token, 0 at the end of a row", () => {
  const rows = Int32Array.of(5, 6, 7, 8, 9, 10);
  assert.deepEqual([...nextTokens(rows, 3)], [6, 7, 0, 9, 10, 0]);
  assert.deepEqual([...nextTokens(rows, 6)], [6, 7, 8, 9, 10, 0]);
  assert.deepEqual([...nextTokens(rows, 1)], [0, 0, 0, 0, 0, 0]);
});

Deno.test("the head's outputs are a log-softmax computed by hand", async () => {
  const outputs = await head(ALL);
  const rows = Array.from({ length: B * T }, (_, n) => logProbabilities(n));
  const followed = rows.flatMap((row, n) =>
    (n + 1) % T === 0 ? [] : [{ row, next: tokens[n + 1]! }]
  );
  const loss = followed.map(({ row, next }) => -row[next]!);
  assertNear(outputs.get("loss_per_token")!, loss, [B, T - 1]);
  const rank = followed.map(({ row, next }) => row.filter((p) => p > row[next]!).length);
  assertNear(outputs.get("rank")!, rank, [B, T - 1]);
  assert.ok(outputs.get("rank")!.data instanceof Int32Array);
  const entropy = rows.map((row) => -row.reduce((sum, p) => sum + Math.exp(p) * p, 0));
  assertNear(outputs.get("entropy")!, entropy, [B, T]);
  const chosen = rows.flatMap((row) => [row[8]!, row[0]!]);
  assertNear(outputs.get("column_log_probs")!, chosen, [B, T, 2]);
  const { data, shape } = outputs.get("logits")!;
  assert.deepEqual(shape, [B, T, V]);
  const logits = outputs.get("column_logits")!;
  rows.forEach((_, n) => {
    assert.equal(logits.data[2 * n], data[n * V + 8]);
    assert.equal(logits.data[2 * n + 1], data[n * V]);
  });
});

Deno.test("the head of the last position gives one row for each prompt", async () => {
  const outputs = await head(["logits", "entropy", "column_logits", "column_log_probs"], true);
  const rows = [logProbabilities(T - 1), logProbabilities(2 * T - 1)];
  assertNear(
    outputs.get("column_log_probs")!,
    rows.flatMap((row) => [row[8]!, row[0]!]),
    [B, 1, 2],
  );
  const entropy = rows.map((row) => -row.reduce((sum, p) => sum + Math.exp(p) * p, 0));
  assertNear(outputs.get("entropy")!, entropy, [B, 1]);
  assert.deepEqual(outputs.get("logits")!.shape, [B, 1, V]);
});

Deno.test("the head computes only what is asked, and streams unless logits are", () => {
  const graphOf = (outputs: ForwardOutput[], last = false) => {
    const graph = new Graph();
    const hooks = new HookPoints(graph, { reads: new Set(), writes: new Map() });
    const value = graph.input("residual", [B, T, D]);
    const plan = { outputs: new Set(outputs), last, columns: 2 };
    buildHead(hooks, config, { residual: value, plan });
    return { outputs: [...graph.outputs.keys()], ops: graph.nodes.map(({ op }) => op), graph };
  };
  assert.deepEqual(graphOf(["loss_per_token"]).outputs, ["logZ", "targetLogit"]);
  assert.ok(!graphOf(["loss_per_token", "entropy", "rank"]).ops.includes("logits"));
  assert.deepEqual(graphOf(["logits"]).outputs, ["logits"]);
  assert.ok(!graphOf(["logits"]).ops.includes("unembedStats"));
  assert.ok(!graphOf(["entropy"]).graph.inputs.has("targets"));
  const norm = graphOf(["entropy"], true).graph.nodes.find(({ op }) => op === "layerNorm")!;
  assert.deepEqual(norm.outputs[0]!.shape, [B, D], "only the unembedded rows are normed");
});

Deno.test("finishHead() of rows of one token has no loss, and does not fail", () => {
  const one: HostArray = { data: Float64Array.of(1, 2), shape: [2] };
  const plan = { outputs: new Set(["loss_per_token"] as const), last: false, columns: 0 };
  const finished = finishHead(plan, new Map([["logZ", one], ["targetLogit", one]]), [2, 1]);
  assert.deepEqual(finished.get("loss_per_token")!.shape, [2, 0]);
  assert.equal(finished.get("loss_per_token")!.data.length, 0);
});
