import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { findModel } from "../../model/find_model.ts";
import { mean, moment } from "../explain/testing.ts";
import { tokenNorms } from "../vocabulary/norms.ts";
import { effectsByName, kurtoticNeurons, vocabularyMoments, withWeights } from "./predict.ts";

const MODEL = "tests/fixtures/checkpoints/gpt2-hub-style";

Deno.test("effects and moments are those of W_U · w_out computed plainly", async () => {
  const found = await findModel(MODEL);
  await using device = openReference();
  await withWeights(device, found, {}, async (model) => {
    const { nLayer, dMlp, dModel: D, vocabSize: V } = found.config;
    const unembed = await model.folded.read("unembed.W_U");
    const { unembed: lengths } = await tokenNorms(model.folded);
    const moments = await vocabularyMoments(model);
    const layer = nLayer - 1;
    const out = await model.folded.read(`blocks.${layer}.mlp.W_out`);
    const plain = (neuron: number) =>
      Array.from({ length: V }, (_, v) => {
        let sum = 0;
        for (let d = 0; d < D; d++) sum += unembed[v * D + d]! * out[neuron * D + d]!;
        return sum;
      });
    for (const neuron of [0, 1, dMlp - 1]) {
      const logits = plain(neuron);
      const length = Math.hypot(...out.subarray(neuron * D, (neuron + 1) * D));
      const cosines = logits.map((x, v) => x / length / lengths[v]!);
      const name = `${layer}.${neuron}`;
      for (const [unit, wanted] of [["logit", logits], ["cosine", cosines]] as const) {
        const effects = await effectsByName(model, [{ layer, neuron }], { unit, lengths });
        effects.get(name)!.forEach((x, v) => {
          assert.ok(Math.abs(x - wanted[v]!) < 1e-5 * Math.max(1, Math.abs(wanted[v]!)), unit);
        });
      }
      const at = layer * dMlp + neuron;
      const variance = moment(cosines, 2);
      assert.ok(Math.abs(mean(cosines)) < 1);
      assert.ok(Math.abs(moments.kurt[at]! - moment(cosines, 4) / variance ** 2) < 1e-3);
      assert.ok(Math.abs(moments.skew[at]! - moment(cosines, 3) / variance ** 1.5) < 1e-3);
    }
    const border = [...moments.kurt].sort((a, b) => b - a)[3]!;
    const chosen = kurtoticNeurons(moments, border);
    assert.equal(chosen.length, 3);
    assert.ok(chosen.every((one) => moments.kurt[one.layer * dMlp + one.neuron]! > border));
  });
});

Deno.test("effects come in order of layers, in batches as well as at once", async () => {
  const found = await findModel("cache/models/tiny-gpt2-a");
  await using device = openReference();
  await withWeights(device, found, {}, async (model) => {
    const lengths = new Float64Array(found.config.vocabSize).fill(1);
    const neurons = Array.from({ length: 70 }, (_, i) => ({ layer: 1, neuron: 3 * i }));
    const asked = { unit: "cosine", lengths } as const;
    const all = await effectsByName(model, [{ layer: 2, neuron: 5 }, ...neurons], asked);
    assert.deepEqual([...all.keys()].slice(0, 2), ["1.0", "1.3"]);
    assert.equal([...all.keys()].at(-1), "2.5");
    const one = await effectsByName(model, [neurons[67]!], asked);
    assert.deepEqual(all.get("1.201"), one.get("1.201"));
  });
});
