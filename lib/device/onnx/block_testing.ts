/**
 * A GPT-2 block made of operations, for tests and for processes that tests start.
 *
 * @module
 */
import { Graph, type Value } from "../graph.ts";
import * as ops from "../ops.ts";

/** The output is `out [B, T, D]`, the residual input `x`; all other inputs are weights. */
export function gptBlock({ B, T, D, H }: { B: number; T: number; D: number; H: number }): Graph {
  const graph = new Graph();
  const x = graph.input("x", [B, T, D]);
  const norm = (name: string, value: Value) =>
    ops.layerNorm(
      graph,
      value,
      graph.input(`${name}.w`, [D]),
      graph.input(`${name}.b`, [D]),
      1e-5,
    );
  const project = (
    name: string,
    value: Value,
    { inner = D, outer = D, ...options }: ops.LinearOptions & { inner?: number; outer?: number },
  ) => {
    const bias = graph.input(`${name}.b`, [outer]);
    return ops.linear(graph, value, graph.input(`${name}.w`, [inner, outer]), { ...options, bias });
  };
  const input = norm("ln1", x);
  const [q, k, v] = ["q", "k", "v"].map((name) =>
    ops.reshape(graph, project(name, input, {}), [B, T, H, D / H])
  ) as [Value, Value, Value];
  const scores = ops.attentionScores(graph, q, k, 1 / Math.sqrt(D / H));
  const z = ops.attentionMix(graph, ops.attentionPattern(graph, scores), v);
  const middle = project("o", z, { residual: x });
  const hidden = project("in", norm("ln2", middle), { outer: 4 * D, activation: "gelu_tanh" });
  graph.output("out", project("out", hidden, { inner: 4 * D, residual: middle }));
  return graph;
}
