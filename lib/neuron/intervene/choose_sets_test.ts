import assert from "node:assert/strict";
import { readConfig } from "../../model/config/read_config.ts";
import { type AskedSets, chooseSets } from "./choose_sets.ts";
import type { NeuronTraits } from "./weight_traits.ts";

const config = { ...await readConfig("cache/models/tiny-gpt2-a"), nLayer: 12, dMlp: 3072 };

/** Sets of a question, and whether it asked for weights. */
async function ask(question: Partial<AskedSets>) {
  let asked = false;
  const traits = () => {
    asked = true;
    return Promise.resolve(Array.from({ length: 100 }, (_, neuron): NeuronTraits => ({
      ...{ layer: 11, neuron, l2: 1 + neuron / 100, vocabVar: 1, vocabKurt: 3 },
    })));
  };
  const chosen = await chooseSets({
    ...{ model: "./own", config, neurons: [], joint: false, chosen: 2, seed: 0, traits },
    ...question,
  });
  const named = (role: string) =>
    chosen.sets.filter((set) => set.role === role).map(({ name }) => name);
  return { ...chosen, asked, names: named("chosen"), controls: named("control") };
}

Deno.test("chooseSets() takes the paper's neurons and controls of its models, without their weights", async () => {
  const { names, controls, asked, rule } = await ask({ model: "stanford-gpt2-small-a" });
  assert.deepEqual(names, ["11.3030", "11.2859"]);
  assert.deepEqual([controls.length, controls[0], asked], [20, "11.2652", false]);
  assert.equal(rule, "chosen: the paper's; controls: the paper's");
});

Deno.test("chooseSets() draws controls of a paper's model when their number is asked", async () => {
  const { names, controls, asked } = await ask({ model: "stanford-gpt2-small-a", controls: 3 });
  assert.deepEqual([names.length, controls.length, asked], [2, 3, true]);
});

Deno.test("chooseSets() finds and draws where nothing is listed", async () => {
  const { names, controls, traits, median } = await ask({ joint: true });
  assert.deepEqual(names, ["11.98_11.99"]);
  assert.equal(controls.length, 20);
  assert.deepEqual([...traits.keys()], ["11.98", "11.99"]);
  assert.equal(median!.vocabVar, 1);
});

Deno.test("chooseSets() needs no weights for named neurons without controls", async () => {
  const { names, asked, median } = await ask({ neurons: ["3.7"], controls: 0 });
  assert.deepEqual([names, asked, median], [["3.7"], false, undefined]);
  await assert.rejects(ask({ neurons: ["12.7"] }), { code: "E-USAGE" });
});
