import assert from "node:assert/strict";
import fc from "fast-check";
import { Graph, type UnembedStat } from "../graph.ts";
import * as ops from "../ops.ts";
import { cutStage, inputsInChunk, largestValueBytes, planStages, shapeInChunk } from "./stages.ts";

function headGraph(rows: number, stats: readonly UnembedStat[] = ["logZ"]): Graph {
  const graph = new Graph();
  const x = graph.input("x", [rows, 16]);
  const normalized = ops.layerNorm(graph, x, graph.input("g", [16]), graph.input("b", [16]), 1e-5);
  const { [stats[0]!]: first } = ops.unembedStats(graph, normalized, graph.input("w", [1000, 16]), {
    targets: stats.includes("rank") ? graph.input("targets", [rows], "i32") : undefined,
    stats,
  });
  ops.gelu(graph, normalized, "tanh");
  graph.output("first", first!);
  graph.output("sum", ops.add(graph, first!, first!));
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

Deno.test("cutStage() keeps the logits of a chunk within the limit, in even chunks", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 4000, max: 400_000 }),
    (rows, logitBytes) => {
      const limits = { valueBytes: 2 ** 30, rowBytes: 2 ** 30, logitBytes };
      const stage = planStages(headGraph(rows, ["rank"]))[1]!;
      const { units, pieces } = cutStage(stage, limits);
      assert.ok(units >= 1 && units <= rows);
      assert.ok(4 * units * 1000 <= logitBytes);
      assert.equal(pieces, 1);
      const chunks = Math.ceil(rows / units);
      assert.ok(units * chunks - rows < chunks, "the last chunk is nearly as long as the others");
      const shape = shapeInChunk(stage, stage.inputs[0]!, units);
      assert.deepEqual(shape, [units, 16]);
    },
  ));
});

Deno.test("cutStage() cuts the vocabulary where each token's logit can be forgotten", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 2000, max: 400_000 }),
    fc.integer({ min: 64, max: 40_000 }),
    (rows, valueBytes, rowBytes) => {
      const stage = planStages(headGraph(rows, ["logZ", "entropy"]))[1]!;
      const cut = cutStage(stage, { valueBytes, rowBytes, logitBytes: 1 });
      assert.ok(4 * cut.units * 16 <= rowBytes);
      assert.ok(largestValueBytes(stage, cut) <= valueBytes);
      const [x, ...pieces] = stage.inputs.flatMap((value) => inputsInChunk(stage, value, cut));
      assert.deepEqual(x!.shape, [cut.units, 16]);
      const rowsOf = pieces.map(({ shape }) => shape[0]!);
      assert.deepEqual(pieces.map(({ start }) => start), starts(rowsOf));
      assert.equal(rowsOf.reduce((a, b) => a + b), 1000);
      assert.equal(new Set(pieces.map(({ name }) => name)).size, pieces.length);
    },
  ));
});

function starts(lengths: readonly number[]): number[] {
  return lengths.map((_, index) => lengths.slice(0, index).reduce((a, b) => a + b, 0));
}
