import assert from "node:assert/strict";
import { Graph } from "../graph.ts";
import * as ops from "../ops.ts";
import { splitRows } from "./rows.ts";

Deno.test("splitRows() cuts attention by the batch and leaves weights whole", () => {
  const graph = new Graph();
  const x = graph.input("x", [6, 5, 8]);
  const weight = graph.input("w", [8, 8]);
  const q = ops.reshape(graph, ops.linear(graph, x, weight), [6, 5, 2, 4]);
  const pattern = ops.attentionPattern(graph, ops.attentionScores(graph, q, q, 1));
  const z = ops.attentionMix(graph, pattern, q);
  const { units, cut } = splitRows(graph.nodes);
  assert.equal(units, 6);
  assert.ok(cut.has(x.id) && cut.has(z.id) && !cut.has(weight.id));
});

Deno.test("splitRows() takes the common divisor of rows and batches", () => {
  const graph = new Graph();
  const x = graph.input("x", [6, 4, 8]);
  const rows = ops.reshape(graph, x, [24, 8]);
  ops.linear(graph, rows, graph.input("w", [8, 8]));
  assert.equal(splitRows(graph.nodes).units, 6);
});

Deno.test("splitRows() cuts the rows and the row values of a write, not its columns", () => {
  const graph = new Graph();
  const inputs = {
    rows: graph.input("rows", [6]),
    columns: graph.input("columns", [8]),
    value: graph.input("value", [6, 1]),
  };
  ops.write(graph, graph.input("x", [2, 3, 8]), "add", inputs);
  const { units, cut } = splitRows(graph.nodes);
  assert.equal(units, 2);
  assert.deepEqual(
    [inputs.rows, inputs.columns, inputs.value].map(({ id }) => cut.has(id)),
    [true, false, true],
  );
});

Deno.test("splitRows() cuts the base and the scale of an update, not its bias or columns", () => {
  const graph = new Graph();
  const inputs = {
    base: graph.input("base", [6, 9]),
    scale: graph.input("scale", [6]),
    bias: graph.input("bias", [9]),
    columns: graph.input("columns", [2], "i32"),
  };
  ops.unembedStats(graph, graph.input("x", [6, 3]), graph.input("w", [9, 3]), {
    ...inputs,
    stats: ["logZ", "columnLogits"],
  });
  const { units, cut } = splitRows(graph.nodes);
  assert.equal(units, 6);
  assert.deepEqual(Object.values(inputs).map(({ id }) => cut.has(id)), [true, true, false, false]);
});

Deno.test("splitRows() does not cut what is needed whole, nor a contracted first axis", () => {
  const table = new Graph();
  const x = table.input("x", [6, 8]);
  ops.gather(table, ops.add(table, x, x), table.input("ids", [4], "i32"));
  assert.equal(splitRows(table.nodes).units, 1);

  const vector = new Graph();
  ops.linear(vector, vector.input("x", [8]), vector.input("w", [8, 4]));
  assert.equal(splitRows(vector.nodes).units, 1);

  const prime = new Graph();
  ops.add(prime, prime.input("a", [1, 7]), prime.input("b", [1, 7]));
  assert.equal(splitRows(prime.nodes).units, 1);
});
