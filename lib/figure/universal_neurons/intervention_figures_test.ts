import assert from "node:assert/strict";
import { renderSvg } from "../render.ts";
import { activationFigure, interventionFigures } from "./intervention_figures.ts";
import type { InterventionFigureInput, NeuronSeries } from "./intervention_panels.ts";

const VALUES = [-0.17, 0, 3];

function neuron(name: string, role: NeuronSeries["role"], slope: number): NeuronSeries {
  const along = (start: number, factor: number) =>
    VALUES.map((value) => start + factor * slope * value);
  const series = (factor: number) => ({
    loss: along(4, 0.1 * factor),
    entropy: along(4.4, factor),
    "reciprocal_rank": along(0.3, -0.01),
    scale: along(2, 0.2),
  });
  return {
    ...{ name, role, full: series(1) },
    ...(role === "chosen" && { frozen: series(0.25) }),
    lossChange: { mean: along(0, 0.1), se: [NaN, 0.01, 0.01] },
  };
}

function input(neurons: readonly NeuronSeries[]): InterventionFigureInput {
  return {
    model: "tiny",
    valueTitle: "Activation held at",
    values: VALUES,
    nominal: { loss: 4, entropy: 4.4, "reciprocal_rank": 0.3, scale: 2 },
    neurons,
  };
}

Deno.test("interventionFigures() draws every figure without a warning of Vega's", async () => {
  const many = Array.from({ length: 9 }, (_, i) => neuron(`3.${i}`, "chosen", i));
  const inputs = [
    input([neuron("3.5", "chosen", 1), neuron("2.7", "chosen", 0.5), neuron("2.1", "control", 0)]),
    input([neuron("3.5_2.7_1.100_1.101_1.102_1.103", "chosen", 1)]),
    input(many),
    { ...input([neuron("3.5", "chosen", 1), neuron("2.1", "control", 0)]), values: [0] },
  ];
  for (const one of inputs) {
    const figures = interventionFigures(one);
    assert.equal(figures.length, one.values.length === 1 ? 1 : 3);
    for (const { name, spec } of figures) {
      assert.equal(spec.name, name);
      assert.match(await renderSvg(spec), /<title/);
    }
  }
});

Deno.test("interventionFigures() draws as many neurons as there is room for, and says so", async () => {
  const many = (role: NeuronSeries["role"], layer: number) =>
    Array.from({ length: 1000 }, (_, i) => neuron(`${layer}.${i}`, role, i / 1000));
  const all = [...many("chosen", 3), ...many("control", 2)];
  for (const values of [VALUES, [0]]) {
    for (const { spec, caption } of interventionFigures({ ...input(all), values })) {
      assert.match(await renderSvg(spec), /<title/);
      assert.match(caption, / 150 of 2000 neurons are drawn\./);
    }
  }
});

Deno.test("interventionFigures() splits the largest change of the entropy into direction and scale", () => {
  const [, , frozen] = interventionFigures(input([neuron("3.5", "chosen", 1)]));
  assert.deepEqual(frozen!.table!.rows, [
    ["3.5", "3", "entropy", "3.00", "0.750", "2.25"],
    ["3.5", "3", "loss", "0.300", "0.0750", "0.225"],
  ]);
});

Deno.test("interventionFigures() leaves the frozen arm out where it was not run", () => {
  const { frozen: _, ...plain } = neuron("3.5", "chosen", 1);
  assert.deepEqual(interventionFigures(input([plain])).map(({ name }) => name), [
    "entropy-intervention",
    "final-scale",
  ]);
});

Deno.test("activationFigure() draws changes whose error is not known", async () => {
  const { spec, table } = activationFigure({
    ...{ model: "tiny", neuron: "3.5", change: "zero_ablation", location: "mlp.hook_pre" },
    centers: [-0.25, 0.25],
    tokens: [100, 30],
    loss: { mean: [0, 0.01], se: [NaN, 0.002] },
    entropy: { mean: [0, -0.01], se: [0.001, 0.002] },
  });
  assert.match(await renderSvg(spec), /<title/);
  assert.deepEqual(table!.rows[1], [0.25, 30, "0.0100", "-0.0100"]);
});
