import assert from "node:assert/strict";
import { renderSvg } from "../render.ts";
import { summaryFigures } from "./summary_figures.ts";

const EDGES = Float64Array.from({ length: 256 }, (_, k) => (25 * k - 2550) / 255);

function counts(...filled: [bin: number, count: number][]): Int32Array {
  const all = new Int32Array(257);
  for (const [bin, count] of filled) all[bin] = count;
  return all;
}

Deno.test("summaryFigures() draws a panel a neuron and the frequency of each layer", async () => {
  const neurons = [
    { name: "0.1", why: "largest kurtosis", counts: counts([90, 50], [91, 7], [200, 1]) },
    { name: "1.2", why: "least active", counts: counts([80, 3]) },
  ];
  const figures = summaryFigures({
    model: "m",
    layers: [0, 0, 1, 1],
    sparsity: [0.1, 0.3, NaN, 0.5],
    neurons,
    edges: EDGES,
  });
  assert.deepEqual(figures.map(({ name }) => name), [
    "activation-histograms",
    "activation-frequency",
  ]);
  const svgs = await Promise.all(figures.map(({ spec }) => renderSvg(spec)));
  assert.match(svgs[0]!, /largest kurtosis/);
  assert.match(svgs[0]!, /least active/);
  assert.match(svgs[1]!, /median/);
});

Deno.test("summaryFigures() leaves out what has no finite value", () => {
  const nothing = { name: "0.0", why: "of nothing", counts: counts([0, 5], [256, 2]) };
  const input = { model: "m", layers: [0], sparsity: [NaN], neurons: [nothing], edges: EDGES };
  assert.deepEqual(summaryFigures(input), []);
});
