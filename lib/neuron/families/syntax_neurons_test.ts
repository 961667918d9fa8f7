import assert from "node:assert/strict";
import { syntaxContexts } from "./syntax_contexts.ts";
import { byToken, chooseSyntax } from "./syntax_neurons.ts";

const TABLE = {
  rows: 4,
  metadata: {},
  columns: {
    layer: Int32Array.of(0, 0, 1, 1),
    neuron: Int32Array.of(1, 10, 1, 2),
    "best_kind": ["sequence", "token", "sequence", "sequence"],
    "sequence_feature": ["is_plural", "is_fin_verb", "is_inf_verb", "is_subset_books"],
    "sequence_family": ["morphology", "morphology", "morphology", "context"],
    "sequence_variance_reduction": Float64Array.of(0.2, 0.3, 0.4, 0.9),
    "token_feature": ["a", "b", null, "d"],
    "token_variance_reduction": Float64Array.of(0.1, 0.4, NaN, 0.1),
  },
};

Deno.test("chooseSyntax() takes the best of those whose best feature is of the sequence", () => {
  const names = (choices: ReturnType<typeof chooseSyntax>) => choices.map(({ neuron }) => neuron);
  assert.deepEqual(names(chooseSyntax(TABLE, { count: 25 })), ["1.1", "0.1"]);
  assert.deepEqual(names(chooseSyntax(TABLE, { count: 1 })), ["1.1"]);
  // 0.10 is not 0.1.
  assert.deepEqual(chooseSyntax(TABLE, { count: 9, names: ["0.10"] }), [{
    neuron: "0.10",
    feature: "is_fin_verb",
    family: "morphology",
    reduction: 0.3,
    tokenFeature: "b",
    tokenReduction: 0.4,
  }]);
});

Deno.test("byToken() holds at every position of tokens of which the feature mostly holds", () => {
  const tokens = Int32Array.of(7, 7, 7, 2, 2, 5);
  const holds = Uint8Array.of(1, 0, 1, 1, 0, 0);
  assert.deepEqual([...byToken(tokens, holds)], [1, 1, 1, 0, 0, 0]);
});

Deno.test("syntaxContexts() shows the strongest disagreements and stays in their rows", () => {
  const strings = new Map([[0, "|"], [1, " a"], [2, " b"]]);
  const found = syntaxContexts({
    values: Float32Array.of(0, 5, -3, 1, 9, 2),
    holds: Uint8Array.of(0, 0, 1, 0, 1, 1),
    tokens: { data: Int32Array.of(0, 1, 2, 0, 2, 1), shape: [2, 3] },
    strings,
  }, 2);
  assert.deepEqual(found.map(({ kind, row, position, value }) => [kind, row, position, value]), [
    ["active without", 0, 1, 5],
    ["active without", 1, 0, 1],
    ["silent with", 0, 2, -3],
    ["silent with", 1, 2, 2],
  ]);
  assert.deepEqual(found[0]!.text, ["|", " a", " b"]);
  assert.deepEqual(found[3]!.text, ["| b", " a", ""]);
});
