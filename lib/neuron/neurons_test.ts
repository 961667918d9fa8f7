import assert from "node:assert/strict";
import { readNeurons } from "./neurons.ts";

const SIZES = { nLayer: 12, dMlp: 3072 };

Deno.test("readNeurons() takes 1.10 and 1.1 for two neurons", () => {
  assert.deepEqual(readNeurons(["1.10", "1.1"], SIZES, "--neurons"), [
    { layer: 1, neuron: 10 },
    { layer: 1, neuron: 1 },
  ]);
});

Deno.test("readNeurons() refuses what is no neuron of the model", () => {
  const cases: [string[], RegExp][] = [
    [["1"], /"1", expected names of the form layer\.index/],
    [["1.2.3"], /expected names of the form layer\.index/],
    [["01.2"], /expected names of the form layer\.index/],
    [["-1.2"], /expected names of the form layer\.index/],
    [["1e1.2"], /expected names of the form layer\.index/],
    [["12.0"], /12\.0 at place 0, expected layers 0 to 11 with neurons 0 to 3071/],
    [["11.3072"], /expected layers 0 to 11/],
    [["3.4", "3.4"], /3\.4 twice/],
  ];
  for (const [names, message] of cases) {
    assert.throws(() => readNeurons(names, SIZES, "--neurons"), { code: "E-USAGE", message });
  }
});
