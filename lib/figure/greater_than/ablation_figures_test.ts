import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { ablationFigures } from "./ablation_figures.ts";

const probs = hostArray(new Float32Array(9700).fill(0.01), [97, 100]);
const OPTIONS = {
  model: "Tiny",
  drawn: "all 3 circuits",
  ratios: new Map([["full", [0.1, 0.2, 0.3]], ["m10", [0.1, 0.1, 0.4]]]),
  named: {
    "no_heads": { ratio: 0 },
    "circuit_full": { ratio: 0.9, standing: { reached: 2 } },
    "circuit_m10": { ratio: 0.5, standing: { reached: 1 } },
    "alternative_full": { ratio: 0.4 },
  },
};

Deno.test("ablationFigures() has a histogram a version and a heatmap of each test that was kept", () => {
  const arrays = { "probs_circuit_full": probs, "probs_alternative_m10": probs, probs };
  const figures = ablationFigures(arrays, OPTIONS);
  assert.deepEqual(figures.map(({ name }) => name), [
    "random-circuits",
    "random-circuits-m10",
    "circuit-full-heatmap",
    "alternative-m10-heatmap",
  ]);
  const [full, m10] = figures.map(({ spec }) => JSON.stringify(spec));
  for (
    const label of ["the circuit: 0.900", "other heads of the original: 0.400", "no heads: 0.000"]
  ) {
    assert.ok(full!.includes(label), label);
  }
  assert.ok(m10!.includes("the circuit: 0.500") && !m10!.includes("other heads"));
  assert.match(
    figures[0]!.caption!,
    /^Shares kept by all 3 circuits; 2 of them reach the circuit's/,
  );
});

Deno.test("ablationFigures() has no heatmaps where the labels are no years", () => {
  const figures = ablationFigures({ "label_probs_circuit_full": probs }, OPTIONS);
  assert.equal(figures.length, 2);
});
