import assert from "node:assert/strict";
import { f32, i32 } from "../../../tests/run_graph.ts";
import { Graph } from "../graph.ts";
import * as ops from "../ops.ts";
import { openReference } from "./mod.ts";
import { floats, ReferenceTensor, zeros } from "./tensor.ts";

function doubling(): Graph {
  const graph = new Graph();
  const x = graph.input("x", [1, 2]);
  graph.output("same", x);
  graph.output("view", ops.reshape(graph, x, [2, 1]));
  graph.output("twice", ops.add(graph, x, x));
  return graph;
}

Deno.test("the reference device runs what it is given and keeps no part of it", async () => {
  await using device = openReference();
  const given = f32([1, 2], 1, 2);
  using x = device.upload(given, "x");
  given.data[0] = 99;
  const { same, view, twice } = await device.run(doubling(), { x });
  const [a, b, c] = await device.read([same!, view!, twice!]);
  assert.deepEqual([[...a!.data], [...b!.data], [...c!.data]], [[1, 2], [1, 2], [2, 4]]);
  assert.deepEqual([a!.shape, b!.shape, c!.shape], [[1, 2], [2, 1], [1, 2]]);
});

Deno.test("reading is a copy: changing it changes neither tensor nor other readings", async () => {
  await using device = openReference();
  using x = device.upload(f32([1, 2], 1, 2), "x");
  const outputs = await device.run(doubling(), { x });
  const [same, view] = await device.read([outputs.same!, outputs.view!]);
  same!.data[0] = 99;
  assert.equal(view!.data[0], 1);
  const [again] = await device.read([outputs.same!]);
  assert.equal(again!.data[0], 1);
});

Deno.test("the reference device names an input that is absent or of another shape", async () => {
  await using device = openReference();
  const run = (inputs: Parameters<typeof device.run>[1]) => async () =>
    await device.run(doubling(), inputs);
  await assert.rejects(run({}), {
    name: "TypeError",
    message: 'Cannot run with input "x": not given, expected a reference tensor [1, 2]',
  });
  using x = device.upload(f32([2, 1], 1, 2), "x");
  await assert.rejects(run({ x }), /input "x": \[2, 1\], expected a reference tensor \[1, 2\]/);
  const foreign = { shape: [1, 2], dtype: "f32" as const, [Symbol.dispose]() {} };
  await assert.rejects(run({ x: foreign }), TypeError);
});

Deno.test("the reference device computes in float64", async () => {
  await using device = openReference();
  const graph = new Graph();
  const [x, w] = [graph.input("x", [1, 2]), graph.input("w", [2, 1])];
  graph.output("y", ops.linear(graph, x, w));
  using a = device.upload(f32([1, 2], 2 ** 24, 1), "x");
  using b = device.upload(f32([2, 1], 1, 0.25), "w");
  const { y } = await device.run(graph, { x: a, w: b });
  const [result] = await device.read([y!]);
  assert.ok(result!.data instanceof Float64Array);
  assert.equal(result!.data[0], 2 ** 24 + 0.25);
});

Deno.test("tensors know their type; integers are no floats", () => {
  assert.equal(new ReferenceTensor(zeros([2]), [2]).dtype, "f32");
  const ids = new ReferenceTensor(i32(1).data, [1]);
  assert.equal(ids.dtype, "i32");
  assert.throws(() => floats(ids), TypeError);
  assert.deepEqual(zeros([2, 3]), new Float64Array(6));
});
