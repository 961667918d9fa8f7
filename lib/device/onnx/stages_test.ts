import assert from "node:assert/strict";
import fc from "fast-check";
import { Graph } from "../graph.ts";
import * as ops from "../ops.ts";
import { planStages, shapeInChunk, unitsPerChunk } from "./stages.ts";

function headGraph(rows: number): Graph {
  const graph = new Graph();
  const x = graph.input("x", [rows, 16]);
  const normalized = ops.layerNorm(graph, x, graph.input("g", [16]), graph.input("b", [16]), 1e-5);
  const { logZ } = ops.unembedStats(graph, normalized, graph.input("w", [1000, 16]), {
    stats: ["logZ"],
  });
  ops.gelu(graph, normalized, "tanh");
  graph.output("logZ", logZ!);
  graph.output("sum", ops.add(graph, logZ!, logZ!));
  return graph;
}

Deno.test("planStages() runs unembedStats on its own and leaves out what nobody asks for", () => {
  const stages = planStages(headGraph(12));
  assert.deepEqual(
    stages.map(({ nodes }) => nodes.map(({ op }) => op)),
    [["layerNorm"], ["unembedStats"], ["add"]],
  );
  assert.deepEqual(stages.map(({ inputs }) => inputs.length), [3, 2, 1]);
  assert.deepEqual(stages.map(({ outputs }) => outputs.length), [1, 1, 1]);
});

Deno.test("planStages() makes no stage of a graph whose outputs are inputs", () => {
  const graph = new Graph();
  graph.output("same", graph.input("x", [3]));
  assert.deepEqual(planStages(graph), []);
});

Deno.test("unitsPerChunk() keeps the logits of a chunk within the limit, in even chunks", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 4000, max: 400_000 }),
    (rows, logitBytes) => {
      const stage = planStages(headGraph(rows))[1]!;
      const units = unitsPerChunk(stage, { valueBytes: 2 ** 30, logitBytes });
      assert.ok(units >= 1 && units <= rows);
      assert.ok(4 * units * 1000 <= logitBytes);
      const chunks = Math.ceil(rows / units);
      assert.ok(units * chunks - rows < chunks, "the last chunk is nearly as long as the others");
      const shape = shapeInChunk(stage, stage.inputs[0]!, units);
      assert.deepEqual(shape, [units, 16]);
    },
  ));
});
