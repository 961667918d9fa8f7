import assert from "node:assert/strict";
import {
  entropyCandidates,
  type EntropyFilter,
  entropyFilter,
  filterText,
} from "./entropy_neurons.ts";

/** 3 layers of 10 neurons; of layers 1 and 2 neuron 9 has the largest weights and the least variance. */
const N = 30;
const COLUMNS = {
  layer: Array.from({ length: N }, (_, i) => Math.floor(i / 10)),
  neuron: Array.from({ length: N }, (_, i) => i % 10),
  l2: Array.from({ length: N }, (_, i) => 1 + (i % 10)),
  vocabVar: Array.from({ length: N }, (_, i) => 0.01 - 0.001 * (i % 10)),
  vocabKurt: new Array<number>(N).fill(3),
  kurt: new Array<number>(N).fill(4),
};

Deno.test("entropyFilter() of a model without a list asks for the extremes of its last two layers", () => {
  const filter = entropyFilter("tiny", COLUMNS);
  assert.deepEqual(
    entropyCandidates(COLUMNS, filter).map(({ neuron }) => neuron),
    ["1.9", "2.9"],
  );
  assert.match(
    filterText(filter),
    /^layer 1 or above, l2_penalty at least 9\.1, vocab_var at most/,
  );
  const flat = { ...COLUMNS, layer: new Array<number>(N).fill(0) };
  assert.equal(entropyFilter("tiny", flat).firstLayer, 0);
});

Deno.test("entropyFilter() is the release's for its models", () => {
  const filter = entropyFilter("stanford-gpt2-medium-a", COLUMNS);
  assert.deepEqual([filter.firstLayer, filter.vocabVar, filter.vocabKurt], [22, 0.001, 8]);
  assert.doesNotMatch(filterText(entropyFilter("stanford-gpt2-small-a", COLUMNS)), /vocab_var/);
});

Deno.test("entropyCandidates() leaves out a neuron that one border excludes", () => {
  const wide: EntropyFilter = { firstLayer: 2, l2: 10, vocabVar: 1, vocabKurt: 3, kurt: 4 };
  assert.equal(entropyCandidates(COLUMNS, wide).length, 1);
  for (const narrow of [{ l2: 11 }, { vocabVar: 1e-4 }, { vocabKurt: 2.9 }, { kurt: 3.9 }]) {
    assert.equal(entropyCandidates(COLUMNS, { ...wide, ...narrow }).length, 0);
  }
  const { kurt: _, ...without } = COLUMNS;
  const [one] = entropyCandidates(without, { ...wide, kurt: 1 });
  assert.ok(Number.isNaN(one!.kurt), "a table without activations is not filtered by them");
});

Deno.test("entropyCandidates() puts the smallest variance first", () => {
  const filter = { firstLayer: 0, l2: 0, vocabVar: 1, vocabKurt: 9, kurt: 9 };
  const found = entropyCandidates(COLUMNS, filter);
  assert.equal(found.length, N);
  assert.ok(found.every(({ vocabVar }, i) => i === 0 || vocabVar >= found[i - 1]!.vocabVar));
});
