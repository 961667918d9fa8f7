import assert from "node:assert/strict";
import { neuronSets, readNeurons } from "./neuron_sets.ts";
import { ABLATED_NEURONS, entropyNeurons } from "./paper_neurons.ts";

const SIZES = { nLayer: 12, dMlp: 3072 };

Deno.test("readNeurons() takes 1.10 and 1.1 for two neurons", () => {
  assert.deepEqual(readNeurons(["1.10", "1.1"], SIZES, "--neurons"), [
    { layer: 1, index: 10 },
    { layer: 1, index: 1 },
  ]);
});

Deno.test("readNeurons() refuses what is no neuron of the model", () => {
  const cases: [string[], RegExp][] = [
    [["1"], /"1", expected layer\.index/],
    [["1.2.3"], /expected layer\.index/],
    [["01.2"], /expected layer\.index/],
    [["-1.2"], /expected layer\.index/],
    [["1e1.2"], /expected layer\.index/],
    [["12.0"], /12\.0, expected layers 0 to 11 with neurons 0 to 3071/],
    [["11.3072"], /expected layers 0 to 11/],
    [["3.4", "3.4"], /3\.4 twice/],
  ];
  for (const [names, message] of cases) {
    assert.throws(() => readNeurons(names, SIZES, "--neurons"), { code: "E-USAGE", message });
  }
});

Deno.test("neuronSets() are one a neuron, or one of all in order of layers when joint", () => {
  const neurons = [{ layer: 3, index: 5 }, { layer: 2, index: 9 }];
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
