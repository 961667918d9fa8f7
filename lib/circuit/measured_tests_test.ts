import assert from "node:assert/strict";
import { measuredTests } from "./measured_tests.ts";

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

Deno.test("measuredTests() shows the model first and the paper's values on its model alone", () => {
  const summaries = { ms: { ...years, ratio: 1, "ratio_ci": [1, 1] as const }, baseline: years };
  const [model, circuit, ...rest] = measuredTests("gpt2", summaries);
  assert.deepEqual(rest, []);
  assert.deepEqual(model, {
    label: "model",
    probDiff: { mean: 0.5, interval: [0.4, 0.6], paper: 0.817 },
    sharpness: { mean: 0.05, interval: [0.04, 0.06], paper: 0.06 },
  });
  assert.equal(circuit!.label, "circuit alone");
  assert.equal(circuit!.probDiff.paper, 0.727);
  assert.ok(!("paper" in circuit!.sharpness!), "the paper gives no sharpness of the circuit");
  assert.ok(!("paper" in measuredTests("tiny-gpt2-a", summaries)[0]!.probDiff));
});

Deno.test("measuredTests() leaves sharpness out when the labels are not years", () => {
  const [model] = measuredTests("./mine", { baseline: labels });
  assert.deepEqual(Object.keys(model!), ["label", "probDiff"]);
});
