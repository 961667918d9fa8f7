import assert from "node:assert/strict";
import { readNeurons } from "../neurons.ts";
import { neuronSets } from "./neuron_sets.ts";
import { ABLATED_NEURONS, entropyNeurons } from "./paper_neurons.ts";

const SIZES = { nLayer: 12, dMlp: 3072 };

Deno.test("neuronSets() are one a neuron, or one of all in order of layers when joint", () => {
  const neurons = [{ layer: 3, neuron: 5 }, { layer: 2, neuron: 9 }];
  const names = (joint: boolean) =>
    neuronSets(neurons, { role: "chosen", joint }).map(({ name }) => name);
  assert.deepEqual(names(false), ["3.5", "2.9"]);
  assert.deepEqual(names(true), ["2.9_3.5"]);
  assert.deepEqual(neuronSets([], { role: "control", joint: true }), []);
});

Deno.test("the paper's lists are neurons of their models, in the numbers of the release", () => {
  for (const model of ["stanford-gpt2-small-a", "stanford-gpt2-medium-a", "pythia-160m"]) {
    const { chosen, controls } = entropyNeurons(model)!;
    const sizes = model.includes("medium") ? { nLayer: 24, dMlp: 4096 } : SIZES;
    assert.equal(
      readNeurons([...chosen, ...controls], sizes, "--neurons").length,
      chosen.length + 20,
    );
  }
  assert.equal(entropyNeurons("gpt2"), undefined);
  assert.deepEqual(Object.values(ABLATED_NEURONS).map(({ length }) => length), [8, 15, 9, 10]);
  readNeurons(Object.values(ABLATED_NEURONS).flat(), { nLayer: 24, dMlp: 4096 }, "--neuron");
});
