import assert from "node:assert/strict";
import { Graph, type Value } from "./graph.ts";
import * as ops from "./ops.ts";

type Build = (graph: Graph, v: (...shape: number[]) => Value) => unknown;

/** Every refusal: operation, the input it names, what it expects, and a program that is refused. */
const REFUSED: [string, string, string, Build][] = [
  ["gather", "input", "2 axes", (g, v) => ops.gather(g, v(3), v(2))],
  ["gather", "input", "1 axes", (g, v) => ops.gather(g, v(3, 4), v(2, 1))],
  ["add", "b", "[2, 3]", (g, v) => ops.add(g, v(2, 3), v(3, 2))],
  ["concat", "b", "[2, 5, 4]", (g, v) => ops.concat(g, v(2, 3, 4), v(2, 5, 3))],
  ["concat", "b", "[2, 5, 4]", (g, v) => ops.concat(g, v(2, 3, 4), v(3, 5, 4))],
  ["concat", "input", "3 axes", (g, v) => ops.concat(g, v(2, 3), v(2, 5, 3))],
  ["linear", "input", "2 axes", (g, v) => ops.linear(g, v(2, 3), v(3))],
  ["linear", "x", "trailing axes of 4 elements", (g, v) => ops.linear(g, v(2, 3), v(4, 5))],
  ["linear", "bias", "[5]", (g, v) => ops.linear(g, v(2, 3), v(3, 5), { bias: v(3) })],
  [
    "linear",
    "residual",
    "[2, 5]",
    (g, v) => ops.linear(g, v(2, 3), v(3, 5), { residual: v(5, 2) }),
  ],
  ["layerNorm", "weight", "[4]", (g, v) => ops.layerNorm(g, v(2, 4), v(2), v(4), 1)],
  ["layerNorm", "bias", "[4]", (g, v) => ops.layerNorm(g, v(2, 4), v(4), v(1, 4), 1)],
  [
    "layerNormApply",
    "scale",
    "[2, 1]",
    (g, v) => ops.layerNormApply(g, v(2, 4), v(2), v(4), v(4)),
  ],
  [
    "layerNormApply",
    "weight",
    "[4]",
    (g, v) => ops.layerNormApply(g, v(2, 4), v(2, 1), v(5), v(4)),
  ],
  [
    "layerNormApply",
    "bias",
    "[4]",
    (g, v) => ops.layerNormApply(g, v(2, 4), v(2, 1), v(4), v(5)),
  ],
  ["rotary", "input", "4 axes", (g, v) => ops.rotary(g, v(2, 3, 8), { frequencies: [1] })],
  [
    "rotary",
    "frequencies",
    "at most half of the 5 dimensions of a head",
    (g, v) => ops.rotary(g, v(1, 2, 1, 5), { frequencies: [1, 1, 1] }),
  ],
  ["attentionScores", "input", "4 axes", (g, v) => ops.attentionScores(g, v(2, 3), v(2, 3), 1)],
  [
    "attentionScores",
    "k",
    "[2, 5, 1, 4]",
    (g, v) => ops.attentionScores(g, v(2, 3, 1, 4), v(2, 5, 1, 8), 1),
  ],
  ["attentionPattern", "input", "4 axes", (g, v) => ops.attentionPattern(g, v(3, 3))],
  [
    "attentionMix",
    "v",
    "[2, 5, 3, 8]",
    (g, v) => ops.attentionMix(g, v(2, 3, 4, 5), v(2, 4, 3, 8)),
  ],
  ["headResult", "W_O", "[6, 7]", (g, v) => ops.headResult(g, v(1, 1, 2, 3), v(5, 7))],
  ["sumHeads", "bias", "[7]", (g, v) => ops.sumHeads(g, v(1, 1, 2, 7), v(2))],
  ...([
    ["rows", "[6]", [5], [20], [1, 1]],
    ["columns", "[20]", [6], [4], [1, 1]],
    ["value", "[6, 1]", [6], [20], [2, 1]],
    ["value", "[1, 20]", [6], [20], [1, 5]],
    ["input", "2 axes", [6], [20], [20]],
  ] as [string, string, number[], number[], number[]][]).map(
    ([what, expected, rows, columns, value]): [string, string, string, Build] => [
      "write",
      what,
      expected,
      (g, v) =>
        ops.write(g, v(2, 3, 4, 5), "add", {
          rows: v(...rows),
          columns: v(...columns),
          value: v(...value),
        }),
    ],
  ),
  ["logits", "input", "2 axes", (g, v) => ops.logits(g, v(1, 2, 4), v(9, 4))],
  ["logits", "W_U", "[9, 4]", (g, v) => ops.logits(g, v(2, 4), v(9, 5))],
  ["logits", "bias", "[9]", (g, v) => ops.logits(g, v(2, 4), v(9, 4), v(4))],
  ["unembedStats", "W_U", "[9, 4]", (g, v) => ops.unembedStats(g, v(2, 4), v(9, 5), { stats: [] })],
  [
    "unembedStats",
    "bias",
    "[9]",
    (g, v) => ops.unembedStats(g, v(2, 4), v(9, 4), { bias: v(4), stats: ["logZ"] }),
  ],
  [
    "unembedStats",
    "targets",
    "[2]",
    (g, v) => ops.unembedStats(g, v(2, 4), v(9, 4), { targets: v(3), stats: ["rank"] }),
  ],
  ...(["targetLogit", "rank", "columnLogits"] as const).map(
    (stat): [string, string, string, Build] => [
      "unembedStats",
      stat,
      `token ids as ${stat === "columnLogits" ? "columns" : "targets"}`,
      (g, v) => ops.unembedStats(g, v(2, 4), v(9, 4), { stats: ["logZ", stat] }),
    ],
  ),
  [
    "unembedStats",
    "columnLogits",
    "token ids as columns",
    (g, v) => ops.unembedStats(g, v(2, 4), v(9, 4), { columns: v(0), stats: ["columnLogits"] }),
  ],
];

function values(graph: Graph): (...shape: number[]) => Value {
  return (...shape) => graph.input(`v${graph.inputs.size}`, shape);
}

for (const [op, what, expected, build] of REFUSED) {
  Deno.test(`${op}() refuses "${what}" that is not ${expected}`, () => {
    const graph = new Graph();
    assert.throws(() => build(graph, values(graph)), (error: Error) => {
      assert.equal((error as Error & { code: string }).code, "E-GRAPH");
      assert.ok(error.message.startsWith(`Cannot build ${op} with "${what}": `), error.message);
      assert.ok(error.message.endsWith(`, expected ${expected}`), error.message);
      return true;
    });
    assert.equal(graph.nodes.length, 0);
  });
}

Deno.test("reshape() refuses another number of elements", () => {
  const graph = new Graph();
  const message = 'Cannot reshape "[2, 3]": 6 elements, expected 8 for [2, 4]';
  assert.throws(() => ops.reshape(graph, values(graph)(2, 3), [2, 4]), {
    code: "E-GRAPH",
    message,
  });
});

Deno.test("every operation declares the shape of its definition", () => {
  const graph = new Graph();
  const v = values(graph);
  const shapes: [Value, number[]][] = [
    [ops.reshape(graph, v(2, 6), [3, 4]), [3, 4]],
    [ops.gather(graph, v(9, 4), v(5)), [5, 4]],
    [ops.concat(graph, v(2, 3, 4, 8), v(2, 5, 4, 8)), [2, 8, 4, 8]],
    [ops.concat(graph, v(2, 3), v(2, 1)), [2, 4]],
    [ops.linear(graph, v(2, 3, 4), v(4, 7)), [2, 3, 7]],
    [ops.linear(graph, v(2, 3, 4, 5), v(20, 7)), [2, 3, 7]],
    [ops.linear(graph, v(2, 1), v(1, 7)), [2, 7]],
    [ops.linear(graph, v(4), v(4, 7)), [7]],
    [ops.layerNormScale(graph, v(2, 3, 4), 1), [2, 3, 1]],
    [ops.layerNormApply(graph, v(2, 3, 4), v(2, 3, 1), v(4), v(4)), [2, 3, 4]],
    [ops.attentionScores(graph, v(2, 3, 4, 8), v(2, 5, 4, 8), 1), [2, 4, 3, 5]],
    [ops.attentionMix(graph, v(2, 4, 3, 5), v(2, 5, 4, 8)), [2, 3, 4, 8]],
    [ops.headResult(graph, v(2, 3, 4, 8), v(32, 16)), [2, 3, 4, 16]],
    [ops.sumHeads(graph, v(2, 3, 4, 16), v(16)), [2, 3, 16]],
    [ops.logits(graph, v(6, 4), v(9, 4)), [6, 9]],
  ];
  for (const [value, shape] of shapes) assert.deepEqual(value.shape, shape);
});

Deno.test("unembedStats() gives the asked results in their fixed order", () => {
  const graph = new Graph();
  const v = values(graph);
  const given = ops.unembedStats(graph, v(6, 4), v(9, 4), {
    targets: v(6),
    columns: v(3),
    stats: ["columnLogits", "rank", "logZ"],
  });
  const shapes = Object.entries(given).map(([stat, value]) => [stat, value.shape]);
  assert.deepEqual(shapes, [["logZ", [6]], ["rank", [6]], ["columnLogits", [6, 3]]]);
});

Deno.test("rowsAndColumns() splits after the second axis", () => {
  assert.deepEqual(ops.rowsAndColumns([2, 3, 4, 5]), [6, 20]);
  assert.deepEqual(ops.rowsAndColumns([2, 3]), [6, 1]);
  assert.deepEqual(ops.rowsAndColumns([7]), [7, 1]);
});
