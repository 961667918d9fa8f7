import assert from "node:assert/strict";
import { Graph } from "./graph.ts";
import * as ops from "./ops.ts";

Deno.test("Graph.input() gives the same value for the same name, shape and type", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 3]);
  assert.equal(graph.input("x", [2, 3]), x);
  assert.notEqual(graph.input("y", [2, 3]).id, x.id);
  assert.deepEqual([...graph.inputs.keys()], ["x", "y"]);
});

Deno.test("Graph.input() refuses one name with two shapes or types", () => {
  const graph = new Graph();
  graph.input("x", [2, 3]);
  const expected = /Cannot declare input "x": .*expected f32 \[2, 3\] as declared before/;
  assert.throws(() => graph.input("x", [3, 2]), { code: "E-GRAPH", message: expected });
  assert.throws(() => graph.input("x", [6]), { code: "E-GRAPH", message: expected });
  assert.throws(() => graph.input("x", [2, 3], "i32"), { code: "E-GRAPH", message: expected });
});

Deno.test("Graph keeps nodes in the order of appending with distinct ids", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 4]);
  const sum = ops.add(graph, x, x);
  graph.output("y", ops.gelu(graph, sum, "erf"));
  assert.deepEqual(graph.nodes.map(({ op }) => op), ["add", "gelu"]);
  const ids = [x, ...graph.nodes.flatMap(({ outputs }) => outputs)].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(graph.outputs.get("y")!.shape, [2, 4]);
});

Deno.test("Graph.largestValueBytes() counts inputs and results at 4 bytes an element", () => {
  const graph = new Graph();
  assert.equal(graph.largestValueBytes(), 0);
  const x = graph.input("x", [10, 3]);
  assert.equal(graph.largestValueBytes(), 120);
  ops.linear(graph, x, graph.input("w", [3, 7]));
  assert.equal(graph.largestValueBytes(), 280);
});

interface Program {
  input?: string;
  output?: string;
  rows?: number;
  epsilon?: number;
  form?: "tanh" | "erf";
  frequencies?: number[];
  start?: number;
  scale?: number;
  kind?: "add" | "scale";
  swapped?: boolean;
  bias?: boolean;
  dtype?: "f32" | "i32";
  extraOutput?: boolean;
  otherResult?: boolean;
  reversed?: boolean;
}

/** A program that has an attribute of every kind, each of which can be changed alone. */
function build(program: Program = {}): Graph {
  const { input = "x", output = "y", rows = 2, epsilon = 1e-5, form = "tanh", scale = 0.5 } =
    program;
  const { frequencies = [1, 0.1], start = 0, kind = "add", swapped, bias, dtype = "f32" } = program;
  const graph = new Graph();
  const x = graph.input(input, [rows, 3, 1, 4]);
  const names = program.reversed ? ["b", "a"] : ["a", "b"];
  for (const name of names) graph.input(name, [4]);
  graph.input("ids", [3], dtype);
  const [a, b] = [graph.input("a", [4]), graph.input("b", [4])];
  const normed = ops.layerNorm(graph, x, swapped ? b : a, swapped ? a : b, epsilon);
  const turned = ops.rotary(graph, ops.gelu(graph, normed, form), { frequencies, start });
  const scores = ops.attentionScores(graph, turned, turned, scale);
  ops.write(graph, scores, kind, {
    rows: graph.input("rows", [rows]),
    columns: graph.input("columns", [9]),
    value: graph.input("value", [1, 1]),
  });
  const flat = ops.reshape(graph, turned, [rows * 3, 4]);
  const offset = bias ? graph.input("c", [5]) : undefined;
  const logits = ops.logits(graph, flat, graph.input("U", [5, 4]), offset);
  graph.output(output, program.otherResult ? flat : logits);
  if (program.extraOutput) graph.output("z", turned);
  return graph;
}

Deno.test("Graph.signature() is equal for two graphs of one program", () => {
  assert.equal(build().signature(), build().signature());
  const changed = { frequencies: [2, 0.2], start: 3, scale: 0.25, bias: true };
  assert.equal(build(changed).signature(), build({ ...changed }).signature());
});

Deno.test("Graph.signature() differs when anything about the program differs", () => {
  const variants: Program[] = [
    {},
    { input: "X" },
    { output: "Y" },
    { rows: 3 },
    { epsilon: 1e-6 },
    { form: "erf" },
    { frequencies: [1, 0.2] },
    { frequencies: [1] },
    { start: 1 },
    { scale: 0.25 },
    { kind: "scale" },
    { swapped: true },
    { bias: true },
    { dtype: "i32" },
    { extraOutput: true },
    { otherResult: true },
    { reversed: true },
  ];
  const signatures = variants.map((variant) => build(variant).signature());
  signatures.forEach((signature, i) => {
    const same = signatures.indexOf(signature);
    assert.equal(same, i, `${JSON.stringify(variants[i])} as ${JSON.stringify(variants[same])}`);
  });
});
