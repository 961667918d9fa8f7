import assert from "node:assert/strict";
import { TEST_DEVICES } from "../../../tests/devices.ts";
import { foldWeights } from "../../model/folding.ts";
import { loadModel } from "../../model/model.ts";
import { COSINE_BINS, vocabularyCosines } from "./vocabulary_cosines.ts";

const MODEL = "tests/fixtures/checkpoints/gpt2-hub-style";
const NEURONS = [{ layer: 1, neuron: 3 }, { layer: 0, neuron: 5 }, { layer: 1, neuron: 0 }];

/** Cosines of one neuron's row of W_out with every row of W_U, in float64. */
async function bruteForce(
  folded: ReturnType<typeof foldWeights>,
  { layer, neuron }: typeof NEURONS[number],
): Promise<number[]> {
  const [V, D] = folded.shape("unembed.W_U") as [number, number];
  const rows = await folded.rows("unembed.W_U");
  const all = await folded.read(`blocks.${layer}.mlp.W_out`);
  const own = all.subarray(neuron * D, (neuron + 1) * D);
  const norm = Math.hypot(...own);
  return Array.from({ length: V }, (_, token) => {
    const column = rows(token, 1);
    const product = own.reduce((sum, value, d) => sum + value * column[d]!, 0);
    return product / norm / Math.hypot(...column);
  });
}

/** The counts that cosines may have when each is known to within `off`. */
function bounds(cosines: readonly number[], low: number, high: number, off: number) {
  const within = (from: number, to: number) => cosines.filter((x) => x >= from && x < to).length;
  return { least: within(low + off, high - off), most: within(low - off, high + off) };
}

for (const { name, absent, open } of TEST_DEVICES) {
  Deno.test({
    name: `vocabularyCosines() counts every token of each neuron on ${name}`,
    ignore: absent,
    async fn() {
      await using device = await open();
      await using model = await loadModel(MODEL, device);
      const folded = foldWeights(model.weights);
      const { edges, counts } = await vocabularyCosines(device, folded, {
        ...{ config: model.config, model: "tiny", neurons: NEURONS, chosen: 1 },
      });
      assert.equal(edges.length, COSINE_BINS + 1);
      const [first] = NEURONS;
      const largest = Math.max(...(await bruteForce(folded, first!)).map(Math.abs));
      assert.ok(edges.at(-1)! >= largest && edges.at(-1)! < 1.11 * largest, "the chosen one fits");
      for (const [i, neuron] of NEURONS.entries()) {
        const cosines = await bruteForce(folded, neuron);
        const own = counts.subarray(i * COSINE_BINS, (i + 1) * COSINE_BINS);
        if (i === 0) assert.equal(own.reduce((a, b) => a + b, 0), cosines.length);
        own.forEach((count, bin) => {
          const { least, most } = bounds(cosines, edges[bin]!, edges[bin + 1]!, 1e-6);
          assert.ok(count >= least && count <= most, `${count}, ${least} to ${most}`);
        });
      }
    },
  });
}

Deno.test("vocabularyCosines() spans what the paper's figure does for its model", async () => {
  await using device = await TEST_DEVICES[0]!.open();
  await using model = await loadModel(MODEL, device);
  const asked = { config: model.config, model: "stanford-gpt2-medium-a", neurons: NEURONS };
  const folded = foldWeights(model.weights);
  const { edges } = await vocabularyCosines(device, folded, { ...asked, chosen: 1 });
  assert.deepEqual([edges[0], edges.at(-1)], [-0.14, 0.14]);
});
