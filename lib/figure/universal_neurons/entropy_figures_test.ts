import assert from "node:assert/strict";
import type { TopLevelSpec } from "../spec_types.ts";
import { renderSvg } from "../render.ts";
import { type EntropyFigureInput, entropyFigures } from "./entropy_figures.ts";
import type { NeuronSeries } from "./intervention_panels.ts";

const VALUES = [0, 1, 6];

function series(name: string, role: NeuronSeries["role"]): NeuronSeries {
  const y = [1, 2, 3];
  const full = { loss: y, entropy: y, "reciprocal_rank": y, scale: y };
  return { name, role, full, lossChange: { mean: y, se: y } };
}

function input(chosen: readonly string[], controls: readonly string[]): EntropyFigureInput {
  const named = (names: readonly string[], role: NeuronSeries["role"]) =>
    names.flatMap((name) => name.split("_")).map((name, i) => ({
      ...{ name, role, l2: 1 + i },
      cosineCounts: [0, i, 40, 3],
    }));
  return {
    interventions: {
      ...{ model: "tiny", valueTitle: "Activation held at", values: VALUES },
      nominal: { loss: 1, entropy: 1, "reciprocal_rank": 1, scale: 1 },
      neurons: [
        ...chosen.map((name) => series(name, "chosen")),
        ...controls.map((name) => series(name, "control")),
      ],
    },
    l2: Float64Array.from({ length: 400 }, (_, i) => (i % 40) / 10),
    cosineEdges: [-0.2, -0.1, 0, 0.1, 0.2],
    neurons: [...named(chosen, "chosen"), ...named(controls, "control")],
  };
}

type Rows = { data: { values: { x: number; count: number }[] } };
const layersOf = (spec: TopLevelSpec, panel: number) =>
  (spec as unknown as { hconcat: { layer: Rows[] }[] }).hconcat[panel]!.layer;

Deno.test("entropyFigures() draws every figure without a warning of Vega's", async () => {
  const many = Array.from({ length: 15 }, (_, i) => `3.${i}`);
  for (
    const [chosen, controls] of [[["3.1", "3.2"], ["2.1", "2.2"]], [["3.1_2.7"], []], [many, many]]
  ) {
    const figures = entropyFigures(input(chosen!, controls!));
    assert.deepEqual(
      figures.map(({ name }) => name),
      ["entropy_neuron_weights", "entropy_neuron_intervention", "main_f_entropy"],
    );
    for (const { spec } of figures) await renderSvg(spec);
  }
});

Deno.test("entropyFigures() counts neurons beyond the clip in the last bin", () => {
  const [figure] = entropyFigures({ ...input(["3.1"], []), clip: 2 });
  const [{ data: { values } }] = layersOf(figure!.spec, 0) as [Rows];
  assert.equal(values.at(-1)!.x, 2);
  // 20 of the 40 values reach 2; each comes ten times.
  assert.equal(values.at(-1)!.count, 200);
  assert.match(figure!.caption, /190 above 2 are counted at the end/);
});

Deno.test("entropyFigures() widens a clip that would hide a chosen neuron", () => {
  const { neurons, ...rest } = input(["3.1"], []);
  const far = neurons.map((one) => ({ ...one, l2: 3.5 }));
  const [figure] = entropyFigures({ ...rest, neurons: far, clip: 2 });
  const [{ data: { values } }] = layersOf(figure!.spec, 0) as [Rows];
  assert.equal(values.at(-1)!.x, 3.5);
});

Deno.test("entropyFigures() ends the axis of counts above them, whatever the largest is", async () => {
  for (const most of [95, 96, 100, 199, 960, 9999]) {
    const { neurons, ...rest } = input(["3.1"], []);
    const counted = neurons.map((one) => ({ ...one, cosineCounts: [0, 1, most, 3] }));
    const [figure] = entropyFigures({ ...rest, neurons: counted });
    assert.match(await renderSvg(figure!.spec), /Cosines with tokens/, `${most}`);
  }
});
