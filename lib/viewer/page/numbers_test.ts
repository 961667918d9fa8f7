import assert from "node:assert/strict";
import { neuronName, parseNeuron, plainNumber, showNumber } from "./numbers.ts";

Deno.test("showNumber() gives four digits and a true minus", () => {
  assert.equal(showNumber(-0.123456), "−0.1235");
  assert.equal(showNumber(36864), "36,864");
  assert.equal(showNumber(0.000012), "1.2e−5");
  assert.equal(showNumber(2e9), "2e9".replace("e", "e+"));
  assert.equal(showNumber(NaN), "–");
  assert.equal(showNumber(null), "–");
});

Deno.test("plainNumber() gives all digits and nothing where there is no number", () => {
  assert.equal(plainNumber(-0.1), "-0.1");
  assert.equal(plainNumber(NaN), "");
});

Deno.test("parseNeuron() finds the neuron that neuronName() names, and no other", () => {
  const model = { layers: 12, width: 3072 };
  for (const neuron of [0, 3071, 3072, 36_863]) {
    assert.equal(parseNeuron(neuronName(neuron, model.width), model), neuron);
  }
  assert.equal(parseNeuron("L11/N2045", model), 11 * 3072 + 2045);
  for (const name of ["12.0", "0.3072", "1", "-1.2", "1.2.3", ""]) {
    assert.equal(parseNeuron(name, model), undefined, name);
  }
});
