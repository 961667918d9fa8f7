import assert from "node:assert/strict";
import { circuitGraph, measuredRuns } from "./figure_inputs.ts";

const labels = {
  "prob_diff_mean": 0.5,
  "prob_diff_sd": 0.1,
  "prob_diff_ci": [0.4, 0.6],
} as const;

const years = {
  ...labels,
  "sharpness_mean": 0.05,
  "sharpness_sd": 0.02,
  "sharpness_ci": [0.04, 0.06],
} as const;

Deno.test("measuredRuns() shows the model first and the paper's values on its model alone", () => {
  const summaries = { ms: { ...years, ratio: 1, "ratio_ci": [1, 1] as const }, baseline: years };
  const [model, circuit, ...rest] = measuredRuns("gpt2", summaries);
  assert.deepEqual(rest, []);
  assert.deepEqual(model, {
    label: "model",
    probDiff: { mean: 0.5, interval: [0.4, 0.6], paper: 0.817 },
    sharpness: { mean: 0.05, interval: [0.04, 0.06], paper: 0.06 },
  });
  assert.equal(circuit!.label, "circuit alone");
  assert.equal(circuit!.probDiff.paper, 0.727);
  assert.ok(!("paper" in circuit!.sharpness!), "the paper gives no sharpness of the circuit");
  assert.ok(!("paper" in measuredRuns("tiny-gpt2-a", summaries)[0]!.probDiff));
});

Deno.test("measuredRuns() leaves sharpness out when the labels are not years", () => {
  const [model] = measuredRuns("./mine", { baseline: labels });
  assert.deepEqual(Object.keys(model!), ["label", "probDiff"]);
});

Deno.test("circuitGraph() names places, channels other than x, and weights where there are any", () => {
  const head = { node: { kind: "head", layer: 1, head: 0 }, position: "END" } as const;
  const mlp = { node: { kind: "mlp", layer: 0 }, position: "YY" } as const;
  const logits = { node: { kind: "logits" }, position: "END" } as const;
  const edges = [
    { from: head, to: logits, channel: "x", weight: -0.5 },
    { from: mlp, to: head, channel: "v" },
    { from: "whole", to: head, channel: "q" },
  ] as const;
  assert.deepEqual(circuitGraph({ name: "mine", edges, provenance: {} }, 2), {
    layers: 2,
    edges: [
      { from: "a1.h0@END", to: "logits@END", weight: -0.5 },
      { from: "m0@YY", to: "a1.h0@END", channels: "v" },
      { from: "whole", to: "a1.h0@END", channels: "q" },
    ],
  });
});
