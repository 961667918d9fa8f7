import assert from "node:assert/strict";
import { type HostArray, hostArray } from "../../array.ts";
import { normal } from "../../../tests/random.ts";
import type { Device } from "../device.ts";
import { Graph, type Value } from "../graph.ts";
import * as ops from "../ops.ts";
import { geluOf } from "../reference/gelu.ts";
import { openWebGpu, probeWebGpu } from "./mod.ts";

// Every ignore below: no adapter of any kind on this machine.
const absent = !(await probeWebGpu()).found;

type Inputs = Record<string, HostArray<Float32Array | Int32Array>>;

/** Runs a program once and gives its results by name. */
async function compute(
  device: Device,
  inputs: Inputs,
  build: (graph: Graph, values: Record<string, Value>) => Record<string, Value>,
): Promise<Record<string, Float32Array>> {
  const graph = new Graph();
  const entries = Object.entries(inputs);
  const values = entries.map(([name, { data, shape }]) =>
    [name, graph.input(name, shape, data instanceof Int32Array ? "i32" : "f32")] as const
  );
  for (const [name, value] of Object.entries(build(graph, Object.fromEntries(values)))) {
    graph.output(name, value);
  }
  const tensors = entries.map(([name, array]) => [name, device.upload(array, name)] as const);
  const results = await device.run(graph, Object.fromEntries(tensors));
  const arrays = await device.read(Object.values(results));
  for (const [, tensor] of tensors) tensor[Symbol.dispose]();
  for (const tensor of Object.values(results)) tensor[Symbol.dispose]();
  return Object.fromEntries(
    Object.keys(results).map((name, index) => [name, arrays[index]!.data as Float32Array]),
  );
}

function gpuTest(name: string, body: (device: Device) => Promise<void>): void {
  Deno.test({
    name,
    ignore: absent,
    fn: async () => {
      await using device = await openWebGpu({ allowSoftware: true });
      await body(device);
    },
  });
}

gpuTest("gelu() is within 2e-7 of float64, relative to |x|, from −12 to 12", async (device) => {
  const x = hostArray(Float32Array.from({ length: 24001 }, (_, i) => (i - 12000) / 1000), [24001]);
  const { tanh, erf } = await compute(device, { x }, (graph, v) => ({
    tanh: ops.gelu(graph, v.x!, "tanh"),
    erf: ops.gelu(graph, v.x!, "erf"),
  }));
  for (const [form, found] of [["tanh", tanh!], ["erf", erf!]] as const) {
    x.data.forEach((value, i) => {
      const apart = Math.abs(found[i]! - geluOf(value, form)) / Math.max(1, Math.abs(value));
      assert.ok(apart <= 2e-7, `${form}(${value}) = ${found[i]}, off by ${apart}`);
    });
  }
});

gpuTest("gelu() stays finite and keeps NaN at the ends of float32", async (device) => {
  const x = hostArray(Float32Array.of(-3e38, -1e20, -100, -0, 0, 100, 1e20, 3e38, NaN), [9]);
  const { tanh, erf } = await compute(device, { x }, (graph, v) => ({
    tanh: ops.gelu(graph, v.x!, "tanh"),
    erf: ops.gelu(graph, v.x!, "erf"),
  }));
  for (const found of [tanh!, erf!]) {
    assert.ok(found.subarray(0, 5).every((value, i) => Math.abs(value) <= 1e-30 * -x.data[i]! + 0));
    assert.deepEqual(found.subarray(5, 8), x.data.subarray(5, 8));
    assert.ok(Number.isNaN(found[8]!));
  }
});

gpuTest("every operation keeps a NaN of its input", async (device) => {
  const nan = normal([4, 8], 500);
  nan.data[8] = NaN;
  const ones = (shape: number[]) =>
    hostArray(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
  const inputs: Inputs = {
    x: nan,
    w: normal([8, 8], 501),
    one: ones([8]),
    rows: ones([32]),
    columns: ones([1]),
    small: hostArray(Float32Array.of(0.5), [1, 1]),
    targets: hostArray(Int32Array.of(0, 1, 2, 3), [4]),
  };
  const results = await compute(device, inputs, (graph, v) => {
    const scores = ops.reshape(graph, v.x!, [1, 2, 2, 8]);
    const stats = ops.unembedStats(graph, v.x!, v.w!, {
      targets: v.targets,
      columns: v.targets,
      stats: ["logZ", "entropy", "targetLogit", "rank", "columnLogits"],
    });
    const flat = ops.reshape(graph, v.x!, [4, 8, 1]);
    const write = { rows: v.rows!, columns: v.columns!, value: v.small! };
    return {
      add: ops.add(graph, v.x!, v.x!),
      linear: ops.linear(graph, v.x!, v.w!, { activation: "gelu_tanh" }),
      layerNorm: ops.layerNorm(graph, v.x!, v.one!, v.one!, 1e-5),
      layerNormScale: ops.layerNormScale(graph, v.x!, 1e-5),
      pattern: ops.attentionPattern(graph, scores),
      atMost: ops.write(graph, flat, "atMost", write),
      atLeast: ops.write(graph, flat, "atLeast", write),
      logZ: stats.logZ!,
      entropy: stats.entropy!,
      targetLogit: stats.targetLogit!,
      rank: stats.rank!,
      columnLogits: stats.columnLogits!,
    };
  });
  for (const [name, data] of Object.entries(results)) {
    const width = data.length / 4;
    assert.ok(Number.isNaN(data[width]!), `${name} lost the NaN of row 1`);
    assert.ok(!data.subarray(0, width).some(Number.isNaN), `${name} has a NaN in row 0`);
  }
});

gpuTest("attentionPattern() ignores whatever stands in masked cells", async (device) => {
  const scores = normal([1, 1, 3, 5], 510);
  const spoiled = hostArray(scores.data.slice(), scores.shape);
  for (let t = 0; t < 3; t++) spoiled.data.fill(NaN, t * 5 + t + 3, t * 5 + 5);
  const { clean, dirty } = await compute(device, { scores, spoiled }, (graph, v) => ({
    clean: ops.attentionPattern(graph, v.scores!),
    dirty: ops.attentionPattern(graph, v.spoiled!),
  }));
  assert.deepEqual(dirty, clean);
  for (let t = 0; t < 3; t++) {
    const row = clean!.subarray(t * 5, t * 5 + 5);
    assert.ok(row.subarray(t + 3).every((p) => Object.is(p, 0)));
    assert.ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-6);
  }
});

gpuTest("layerNorm() equals layerNormApply() of layerNormScale() to the bit", async (device) => {
  const inputs = { x: normal([17, 300], 520), w: normal([300], 521), b: normal([300], 522) };
  const { whole, split } = await compute(device, inputs, (graph, v) => {
    const scale = ops.layerNormScale(graph, v.x!, 1e-5);
    return {
      whole: ops.layerNorm(graph, v.x!, v.w!, v.b!, 1e-5),
      split: ops.layerNormApply(graph, v.x!, scale, v.w!, v.b!),
    };
  });
  assert.deepEqual(split, whole);
});

gpuTest(
  "unembedStats() ranks equal tokens equal and gives NaN for a target outside",
  async (device) => {
    const w = normal([200, 12], 530);
    for (let v = 0; v < 200; v += 2) w.data.copyWithin(v * 12, 12, 24);
    const inputs = {
      x: normal([3, 12], 531),
      w,
      targets: hostArray(Int32Array.of(0, 1, 200), [3]),
    };
    const { rank, logits, targetLogit } = await compute(device, inputs, (graph, v) => ({
      ...ops.unembedStats(graph, v.x!, v.w!, {
        targets: v.targets,
        stats: ["targetLogit", "rank"],
      }),
      logits: ops.logits(graph, v.x!, v.w!),
    }));
    for (let row = 0; row < 2; row++) {
      const own = logits!.subarray(row * 200, row * 200 + 200);
      assert.equal(targetLogit![row], own[row]);
      assert.equal(rank![row], own.filter((logit) => logit > own[row]!).length);
    }
    assert.ok(Number.isNaN(rank![2]!) && Number.isNaN(targetLogit![2]!));
  },
);

gpuTest(
  "unembedStats() ranks equal tokens equal when base, scale and bias make them",
  async (device) => {
    const w = normal([200, 12], 550);
    const base = normal([3, 200], 551, 9);
    const bias = normal([200], 552);
    for (let v = 0; v < 200; v += 2) {
      w.data.copyWithin(v * 12, (v + 1) * 12, (v + 2) * 12);
      bias.data[v] = bias.data[v + 1]!;
      for (let row = 0; row < 3; row++) base.data[row * 200 + v] = base.data[row * 200 + v + 1]!;
    }
    const inputs = {
      x: normal([3, 12], 553),
      w,
      base,
      bias,
      scale: hostArray(Float32Array.of(0.3, 0.7, 1.9), [3]),
      first: hostArray(Int32Array.of(0, 20, 200), [3]),
      twin: hostArray(Int32Array.of(1, 21, -1), [3]),
    };
    const { one, other, logit, columns } = await compute(device, inputs, (graph, v) => {
      const { base, scale, bias } = v;
      const given = { base, scale, bias };
      const first = ops.unembedStats(graph, v.x!, v.w!, {
        ...given,
        targets: v.first,
        columns: v.first,
        stats: ["rank", "targetLogit", "columnLogits"],
      });
      const twin = ops.unembedStats(graph, v.x!, v.w!, {
        ...given,
        targets: v.twin,
        stats: ["rank"],
      });
      const { rank, targetLogit, columnLogits } = first;
      return { one: rank!, other: twin.rank!, logit: targetLogit!, columns: columnLogits! };
    });
    assert.deepEqual(one!.subarray(0, 2), other!.subarray(0, 2));
    assert.equal(logit![0], columns![0]);
    for (const values of [one!, other!, logit!]) assert.ok(Number.isNaN(values[2]!));
    for (let row = 0; row < 3; row++) assert.ok(Number.isNaN(columns![3 * row + 2]!));
  },
);

gpuTest("linear() handles empty rows and an empty sum", async (device) => {
  const inputs = {
    none: hostArray(new Float32Array(0), [0, 4]),
    w: normal([4, 3], 540),
    hollow: hostArray(new Float32Array(0), [2, 0]),
    v: hostArray(new Float32Array(0), [0, 3]),
    b: hostArray(Float32Array.of(1, 2, 3), [3]),
  };
  const { empty, bias } = await compute(device, inputs, (graph, v) => ({
    empty: ops.linear(graph, v.none!, v.w!),
    bias: ops.linear(graph, v.hollow!, v.v!, { bias: v.b }),
  }));
  assert.equal(empty!.length, 0);
  assert.deepEqual([...bias!], [1, 2, 3, 1, 2, 3]);
});
