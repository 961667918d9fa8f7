import assert from "node:assert/strict";
import { chooseEntropyNeurons, drawControls } from "./choose_neurons.ts";
import { nameOf } from "../neurons.ts";
import type { NeuronTraits } from "./weight_traits.ts";

const plain = (neuron: number, rest: Partial<NeuronTraits> = {}): NeuronTraits => ({
  ...{ layer: 11, neuron, l2: 1, vocabVar: 1e-3, vocabKurt: 3 },
  ...rest,
});

Deno.test("chooseEntropyNeurons() ranks by vocab_var over l2 among neurons of low kurtosis", () => {
  const traits = [
    plain(0),
    plain(1, { l2: 6, vocabVar: 9e-6 }),
    plain(2, { vocabVar: 1e-6, vocabKurt: 11 }),
    plain(3, { vocabVar: 1e-6, kurt: 40 }),
    plain(4, { l2: 0, vocabVar: NaN, vocabKurt: NaN }),
    plain(5, { vocabVar: 8e-6, kurt: 4 }),
  ];
  assert.deepEqual(chooseEntropyNeurons(traits, 3).map(({ neuron }) => neuron), [1, 5, 0]);
  assert.throws(() => chooseEntropyNeurons([plain(0, { vocabKurt: 11 })], 2), {
    code: "E-USAGE",
    message: /no neuron among 1 .* passes/,
  });
});

Deno.test("drawControls() draws by the paper's percentiles, never a chosen one, by the seed alone", () => {
  // l2 rises and vocab_var falls: 90 % and 10 % of either cut the same end.
  const traits = Array.from({ length: 101 }, (_, i) => plain(i, { l2: i, vocabVar: 101 - i }));
  const chosen = [{ layer: 11, neuron: 3 }];
  const draw = (seed: number, count = 20) =>
    drawControls(traits, { count, seed, chosen }).map(nameOf);
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  const all = draw(5, 90);
  assert.equal(new Set(all).size, 90);
  assert.ok(!all.includes("11.3"));
  assert.ok(all.every((name) => Number(name.split(".")[1]) <= 90));
  assert.throws(() => draw(1, 91), { code: "E-USAGE", message: /90 neurons .* may be drawn/ });
});
