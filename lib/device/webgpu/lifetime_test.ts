import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import type { Device, DeviceTensor } from "../device.ts";
import { Graph } from "../graph.ts";
import * as ops from "../ops.ts";
import { openWebGpu, probeWebGpu, type WebGpuOptions } from "./mod.ts";
import { openContext } from "./open.ts";
import { WebGpuDevice } from "./webgpu_device.ts";

// Every ignore below: no adapter of any kind on this machine.
const probe = await probeWebGpu();
const absent = !probe.found;

function gpuTest(
  name: string,
  options: WebGpuOptions,
  body: (device: Device) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: absent,
    fn: async () => {
      await using device = await openWebGpu({ allowSoftware: true, ...options });
      await body(device);
    },
  });
}

function constant(device: Device, value: number, label: string): DeviceTensor {
  return device.upload(hostArray(new Float32Array(64).fill(value), [64]), label);
}

function doubling(): Graph {
  const graph = new Graph();
  const x = graph.input("x", [64]);
  graph.output("y", ops.add(graph, x, x));
  return graph;
}

gpuTest(
  "upload() does not overtake recorded work when it reuses a buffer",
  {},
  async (device) => {
    const results: DeviceTensor[] = [];
    for (let i = 0; i < 20; i++) {
      using x = constant(device, i, "x");
      results.push((await device.run(doubling(), { x })).y!);
    }
    const arrays = await device.read(results);
    arrays.forEach(({ data }, i) => assert.ok(data.every((value) => value === 2 * i)));
  },
);

gpuTest(
  "run() gives right results when every dispatch is submitted and no buffer is kept",
  { submitEvery: 1, maxFreeBytes: 0 },
  async (device) => {
    let x = constant(device, 1, "x");
    for (let i = 0; i < 10; i++) {
      const { y } = await device.run(doubling(), { x });
      x[Symbol.dispose]();
      x = y!;
    }
    const [array] = await device.read([x]);
    assert.ok(array!.data.every((value) => value === 1024));
  },
);

gpuTest(
  "run() gives outputs of their own where they are an input or a view",
  {},
  async (device) => {
    const graph = new Graph();
    const x = graph.input("x", [64]);
    const view = ops.reshape(graph, x, [8, 8]);
    graph.output("same", x);
    graph.output("view", view);
    graph.output("sum", ops.add(graph, view, view));
    const input = constant(device, 3, "x");
    const { same, view: seen, sum } = await device.run(graph, { x: input });
    input[Symbol.dispose]();
    input[Symbol.dispose]();
    same![Symbol.dispose]();
    // Would overwrite the shared buffer if it had been given back too early.
    using other = constant(device, 9, "other");
    const arrays = await device.read([seen!, sum!, other]);
    assert.deepEqual(arrays.map(({ data }) => data[0]), [3, 6, 9]);
    assert.deepEqual(arrays[0]!.shape, [8, 8]);
  },
);

gpuTest(
  "read() returns integers and split tables as they were",
  { maxBindingBytes: 1024 },
  async (device) => {
    const ids = hostArray(Int32Array.of(-1, 2 ** 31 - 1, 7), [3]);
    const table = hostArray(Float32Array.from({ length: 3000 }, (_, i) => i), [30, 100]);
    using a = device.upload(ids, "ids");
    using b = device.upload(table, "table");
    const [first, second] = await device.read([a, b]);
    assert.deepEqual(first, ids);
    assert.deepEqual(second, table);
  },
);

gpuTest(
  "run() refuses tensors that are missing, disposed, misshapen or of another device",
  {},
  async (device) => {
    await using other = await openWebGpu({ allowSoftware: true });
    using foreign = constant(other, 1, "x");
    using short = device.upload(hostArray(new Float32Array(3), [3]), "short");
    const gone = constant(device, 1, "gone");
    gone[Symbol.dispose]();
    await assert.rejects(device.run(doubling(), {}), /"x": not given, expected a live tensor/);
    await assert.rejects(device.run(doubling(), { x: foreign }), /of another device/);
    await assert.rejects(device.run(doubling(), { x: gone }), /"x": disposed/);
    await assert.rejects(device.run(doubling(), { x: short }), /f32 \[3\], expected f32 \[64\]/);
  },
);

gpuTest(
  "run() says the limit when a tensor exceeds a binding",
  { maxBindingBytes: 1024 },
  async (device) => {
    const graph = new Graph();
    const x = graph.input("x", [20, 20]);
    graph.output("y", ops.add(graph, x, x));
    using tensor = device.upload(hostArray(new Float32Array(400), [20, 20]), "x");
    await assert.rejects(device.run(graph, { x: tensor }), {
      code: "E-DEVICE-MEMORY",
      message: 'Cannot compute tensor "[20, 20]": 1600 bytes, expected at most 1024 bytes, ' +
        "this adapter's storage binding limit",
    });
  },
);

gpuTest("a closed device says so", {}, async (device) => {
  const tensor = constant(device, 1, "x");
  await device[Symbol.asyncDispose]();
  tensor[Symbol.dispose]();
  await assert.rejects(device.read([tensor]), { code: "E-DEVICE" });
  assert.throws(() => constant(device, 1, "x"), { code: "E-DEVICE" });
});

Deno.test({
  name: "a device that is lost says so, also to a read that was under way",
  ignore: absent,
  fn: async () => {
    const { context, facts } = await openContext({ allowSoftware: true });
    await using device = new WebGpuDevice(context, facts, null);
    const x = constant(device, 1, "x");
    const { y } = await device.run(doubling(), { x });
    context.gpu.destroy();
    const lost = { code: "E-DEVICE", message: /: lost \(.+\), expected an open device$/ };
    await assert.rejects(device.read([y!]), lost);
    await assert.rejects(device.run(doubling(), { x }), lost);
    assert.throws(() => constant(device, 1, "z"), lost);
  },
});

gpuTest("runs and reads that overlap do not mix", { submitEvery: 2 }, async (device) => {
  const values = await Promise.all([1, 2, 3, 4, 5].map(async (value) => {
    using x = constant(device, value, "x");
    const { y } = await device.run(doubling(), { x });
    const [array] = await device.read([y!]);
    y![Symbol.dispose]();
    return array!.data[5];
  }));
  assert.deepEqual(values, [2, 4, 6, 8, 10]);
});

gpuTest("more programs than are kept still run", {}, async (device) => {
  for (let width = 1; width <= 70; width++) {
    const graph = new Graph();
    const x = graph.input("x", [width]);
    graph.output("y", ops.add(graph, x, x));
    using tensor = device.upload(hostArray(new Float32Array(width).fill(width), [width]), "x");
    using y = (await device.run(graph, { x: tensor })).y!;
    if (width % 23 !== 0) continue;
    const [array] = await device.read([y]);
    assert.ok(array!.data.every((value) => value === 2 * width));
  }
});

Deno.test({
  name: "openWebGpu() refuses a software adapter that was not asked for",
  ignore: !probe.found || !probe.adapter.isSoftware, // a hardware adapter would be taken
  fn: async () => {
    await assert.rejects(openWebGpu(), (error) => {
      assert.ok(error instanceof NeuriteError && error.code === "E-DEVICE");
      assert.match(error.message, /software adapter .*expected a hardware adapter/);
      return true;
    });
  },
});
