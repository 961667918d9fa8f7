import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { interventions } from "./interventions.ts";
import { neuronSets } from "./neuron_sets.ts";
import type { InterventionRequest } from "./request.ts";
import { InterventionWitness } from "./witness.ts";

const MODEL = "tests/fixtures/gpt2-mini";
const TOKENS = { data: Int32Array.from({ length: 12 }, (_, i) => (7 * i) % 50), shape: [4, 3] };
const REQUEST: InterventionRequest = {
  sets: neuronSets([{ layer: 11, neuron: 5 }, { layer: 10, neuron: 6 }], {
    role: "chosen",
    joint: false,
  }),
  location: "mlp.hook_post",
  changes: [{ kind: "fixed_activation", value: 6 }],
  frozen: true,
};
const COUNT = 12;

/** What a witness says of a run from some row on, whose entropies are off by `error`. */
async function testimony(firstRow: number, error = 0) {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const witness = new InterventionWitness(REQUEST, TOKENS, { count: COUNT, seed: 1 });
  for await (const block of interventions(model, TOKENS, { ...REQUEST, firstRow })) {
    for (const { statistics: { entropy } } of block.outcomes) {
      entropy.set(entropy.map((value) => value + error));
    }
    witness.see(block);
  }
  return await witness.testify(MODEL);
}

Deno.test("InterventionWitness computes the entropies of interventions again, and sees an error", async () => {
  const { count, largest } = await testimony(0);
  assert.equal(count, COUNT);
  assert.ok(largest < 1e-6, String(largest));
  assert.ok((await testimony(0, 0.01)).largest > 0.009);
});

Deno.test("InterventionWitness speaks of the rows it saw when a run that was cut goes on", async () => {
  const { count, largest, worst } = await testimony(2);
  assert.ok(count > 0 && count < COUNT);
  assert.ok(largest < 1e-6 && Number.isFinite(worst!.value));
  assert.deepEqual(await testimony(4), { count: 0, largest: 0, worst: null });
});
