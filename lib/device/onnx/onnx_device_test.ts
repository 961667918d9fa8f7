import assert from "node:assert/strict";
import { deviation } from "../../../tests/compare.ts";
import { integers, normal } from "../../../tests/random.ts";
import type { HostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import type { Device, DeviceArray, Tensors } from "../device.ts";
import { Graph, UNEMBED_STATS, type Value } from "../graph.ts";
import * as ops from "../ops.ts";
import { openReference } from "../reference/mod.ts";
import { loadNative } from "./native.ts";
import { OnnxDevice } from "./onnx_device.ts";
import type { Runtime } from "./runtime.ts";
import { loadWasm } from "./wasm.ts";

type Inputs = Record<string, HostArray<Float32Array | Int32Array>>;

const RUNTIMES: Record<string, () => Promise<Runtime>> = {
  wasm: () => loadWasm(1),
  native: () => loadNative(1),
};

async function runOn(
  device: Device,
  graph: Graph,
  inputs: Inputs,
): Promise<Record<string, DeviceArray>> {
  const tensors: Tensors = {};
  for (const name of graph.inputs.keys()) tensors[name] = device.upload(inputs[name]!, name);
  const results = await device.run(graph, tensors);
  const arrays = await device.read(Object.values(results));
  return Object.fromEntries(Object.keys(results).map((name, i) => [name, arrays[i]!]));
}

/** A block with every kind of row: batches, tokens, written rows, and the statistics after it. */
function blockGraph(): { graph: Graph; inputs: Inputs } {
  const [B, T, D, H, K, V] = [7, 5, 12, 3, 4, 50];
  const graph = new Graph();
  const inputs: Inputs = {};
  const input = (name: string, shape: number[], seed: number): Value => {
    inputs[name] = normal(shape, seed, 0.4);
    return graph.input(name, shape);
  };
  const x = input("x", [B, T, D], 1);
  const normed = ops.layerNorm(graph, x, input("g", [D], 2), input("b", [D], 3), 1e-5);
  const heads = ops.reshape(graph, ops.linear(graph, normed, input("wq", [D, D], 4)), [B, T, H, K]);
  const pattern = ops.attentionPattern(graph, ops.attentionScores(graph, heads, heads, 0.5));
  const z = ops.attentionMix(graph, pattern, heads);
  const out = ops.linear(graph, z, input("wo", [H * K, D], 5), { residual: x });
  const rows = {
    data: Float32Array.from({ length: B * T }, (_, i) => i % 3 ? 1 : 0),
    shape: [B * T],
  };
  inputs.rows = rows;
  const written = ops.write(graph, out, "add", {
    rows: graph.input("rows", rows.shape),
    columns: input("columns", [D], 6),
    value: input("value", [B * T, 1], 7),
  });
  const flat = ops.reshape(graph, written, [B * T, D]);
  inputs.targets = integers([B * T], 8, V);
  inputs.ids = integers([6], 9, V);
  const stats = ops.unembedStats(graph, flat, input("wu", [V, D], 10), {
    targets: graph.input("targets", [B * T], "i32"),
    columns: graph.input("ids", [6], "i32"),
    stats: UNEMBED_STATS,
  });
  const updated = ops.unembedStats(graph, flat, graph.input("wu", [V, D]), {
    columns: graph.input("ids", [6], "i32"),
    base: input("base", [B * T, V], 11),
    scale: input("scale", [B * T], 12),
    stats: ["logZ", "columnLogits"],
  });
  const pieces = ops.unembedStats(graph, flat, graph.input("wu", [V, D]), {
    targets: graph.input("targets", [B * T], "i32"),
    columns: graph.input("ids", [6], "i32"),
    bias: input("bu", [V], 13),
    stats: UNEMBED_STATS.filter((stat) => stat !== "rank"),
  });
  const scaled = ops.unembedStats(graph, flat, graph.input("wu", [V, D]), {
    columns: graph.input("ids", [6], "i32"),
    bias: graph.input("bu", [V]),
    scale: graph.input("scale", [B * T]),
    stats: ["logZ", "entropy", "columnLogits"],
  });
  for (const [stat, value] of Object.entries(pieces)) graph.output(`${stat} in pieces`, value!);
  for (const [stat, value] of Object.entries(scaled)) graph.output(`scaled ${stat}`, value!);
  graph.output("updatedLogZ", updated.logZ!);
  graph.output("updatedLogits", updated.columnLogits!);
  for (const [name, value] of Object.entries({ pattern, written, ...stats })) {
    graph.output(name, value!);
  }
  return { graph, inputs };
}

for (const [name, load] of Object.entries(RUNTIMES)) {
  Deno.test(`run() on ${name} gives the same in chunks of any length`, async () => {
    await using reference = openReference();
    const { graph, inputs } = blockGraph();
    const expected = await runOn(reference, graph, inputs);
    for (const rows of [1, 2, 3, 7]) {
      const limits = {
        valueBytes: rows * 4 * 5 * 12,
        rowBytes: rows * 4 * 5 * 12,
        logitBytes: rows * 5 * 4 * 50,
      };
      await using device = new OnnxDevice(await load(), { limits });
      const actual = await runOn(device, graph, inputs);
      for (const [output, array] of Object.entries(expected)) {
        const { worst, detail } = deviation(actual[output]!, array);
        assert.ok(worst < 2e-5, `${output}, chunks of ${rows}: ${worst}: ${detail}`);
      }
    }
  });

  Deno.test(`run() on ${name} gives NaN for a token of no piece of the vocabulary`, async () => {
    const limits = { valueBytes: 400, rowBytes: 400, logitBytes: 400 };
    await using device = new OnnxDevice(await load(), { limits });
    const graph = new Graph();
    const { logZ, columnLogits } = ops.unembedStats(
      graph,
      graph.input("x", [5, 4]),
      graph.input("w", [50, 4]),
      { columns: graph.input("ids", [3], "i32"), stats: ["logZ", "columnLogits"] },
    );
    graph.output("logZ", logZ!);
    graph.output("columnLogits", columnLogits!);
    const ids = { data: Int32Array.of(49, 50, -1), shape: [3] };
    const result = await runOn(device, graph, { x: normal([5, 4], 1), w: normal([50, 4], 2), ids });
    assert.ok(result.logZ!.data.every(Number.isFinite));
    result.columnLogits!.data.forEach((logit, i) => {
      assert.equal(Number.isNaN(logit), i % 3 !== 0);
    });
  });

  Deno.test(`run() on ${name} normalizes rows that lie far from zero`, async () => {
    await using reference = openReference();
    await using device = new OnnxDevice(await load());
    const x = normal([40, 768], 1);
    const inputs: Inputs = {
      x: { data: x.data.map((value) => value + 1e4), shape: x.shape },
      g: normal([768], 2),
      b: normal([768], 3),
    };
    const graph = new Graph();
    const [rows, weight, bias] = [
      graph.input("x", [40, 768]),
      graph.input("g", [768]),
      graph.input("b", [768]),
    ];
    graph.output("norm", ops.layerNorm(graph, rows, weight, bias, 1e-5));
    graph.output("scale", ops.layerNormScale(graph, rows, 1e-5));
    const expected = await runOn(reference, graph, inputs);
    const actual = await runOn(device, graph, inputs);
    assert.ok(deviation(actual.norm!, expected.norm!).worst < 2e-5);
    assert.ok(deviation(actual.scale!, expected.scale!).worst < 2e-6);
  });

  Deno.test(`run() on ${name} masks exactly, also after a write to the scores`, async () => {
    await using device = new OnnxDevice(await load());
    const [T, S] = [6, 9];
    const graph = new Graph();
    const q = graph.input("q", [1, T, 2, 4]);
    const scores = ops.attentionScores(graph, q, graph.input("k", [1, S, 2, 4]), 20);
    const written = ops.write(graph, scores, "replace", {
      rows: graph.input("rows", [2]),
      columns: graph.input("columns", [T * S]),
      value: graph.input("value", [1, 1]),
    });
    graph.output("scores", scores);
    graph.output("pattern", ops.attentionPattern(graph, scores));
    graph.output("written", ops.attentionPattern(graph, written));
    const ones = (length: number) => ({ data: new Float32Array(length).fill(1), shape: [length] });
    const results = await runOn(device, graph, {
      q: normal([1, T, 2, 4], 1),
      k: normal([1, S, 2, 4], 2),
      rows: ones(2),
      columns: ones(T * S),
      value: { data: Float32Array.of(3), shape: [1, 1] },
    });
    for (let i = 0; i < 2 * T * S; i++) {
      const [t, s] = [Math.floor(i / S) % T, i % S];
      const hidden = s > t + S - T;
      assert.equal(results.scores!.data[i] === -Infinity, hidden, `score of ${t}, ${s}`);
      if (hidden) assert.equal(results.pattern!.data[i], 0, `weight of ${t}, ${s}`);
      assert.equal(results.written!.data[i]! > 0, !hidden, `written weight of ${t}, ${s}`);
    }
  });

  Deno.test(`run() on ${name} takes turns when called twice at once`, async () => {
    await using device = new OnnxDevice(await load());
    const graphs = [3, 4, 5].map((factor) => {
      const graph = new Graph();
      const x = graph.input("x", [2]);
      let sum = x;
      for (let i = 1; i < factor; i++) sum = ops.add(graph, sum, x);
      graph.output("sum", sum);
      return graph;
    });
    const x = { data: Float32Array.of(1, 10), shape: [2] };
    const results = await Promise.all(graphs.map((graph) => runOn(device, graph, { x })));
    assert.deepEqual(results.map(({ sum }) => [...sum!.data]), [[3, 30], [4, 40], [5, 50]]);
  });

  Deno.test(`run() on ${name} says what failed, and goes on afterwards`, async () => {
    await using device = new OnnxDevice(await load());
    const graph = new Graph();
    graph.output("y", ops.gather(graph, graph.input("t", [3, 2]), graph.input("i", [1], "i32")));
    const table = device.upload({ data: new Float32Array(6), shape: [3, 2] }, "t");
    const ids = (id: number) => device.upload({ data: Int32Array.of(id), shape: [1] }, "i");
    const fails = (code: string, inputs: Tensors) =>
      assert.rejects(
        device.run(graph, inputs),
        (error) => error instanceof NeuriteError && error.code === code,
      );
    await fails("E-DEVICE", { t: table, i: ids(7) });
    await fails("E-DEVICE", { t: table, i: ids(-1) });
    await fails("E-GRAPH", { t: table });
    await fails("E-GRAPH", { t: ids(0), i: ids(0) });
    await device.run(graph, { t: table, i: ids(2) });
    table[Symbol.dispose]();
    await fails("E-GRAPH", { t: table, i: ids(0) });
  });
}

Deno.test("read() returns memory of its own", async () => {
  await using device = new OnnxDevice(await loadNative(1));
  const x = device.upload({ data: Float32Array.of(1, 2), shape: [2] }, "x");
  const [first] = await device.read([x]);
  first!.data[0] = 9;
  const [second] = await device.read([x]);
  assert.deepEqual([...second!.data], [1, 2]);
});
