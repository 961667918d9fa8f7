import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { baseSoftmax, directionMoments } from "./softmax_moments.ts";

Deno.test("directionMoments() are the means over the vocabulary, and no token is out of reach", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  const { dModel: D, vocabSize: V } = model.config;
  const [N, F] = [2, 3];
  const base = baseSoftmax(normal([N, V], 1, 4).data, normal([V], 2).data);
  const weight = normal([D, F], 3).data;
  const offset = Float32Array.of(0.5, 0, -1);
  const { means, reach } = await directionMoments(model, base, { weight, offset });

  const table = await model.weights.read("unembed.W_U");
  const x = Float64Array.from({ length: V * F }, (_, at) => {
    const [v, f] = [Math.floor(at / F), at % F];
    let sum = offset[f]!;
    for (let d = 0; d < D; d++) sum += table[v * D + d]! * weight[d * F + f]!;
    return sum;
  });
  for (let i = 0; i < 4; i++) {
    for (let j = 1; i + j <= 4; j++) {
      for (let at = 0; at < N * F; at++) {
        const [n, f] = [Math.floor(at / F), at % F];
        let mean = 0;
        let size = 0;
        for (let v = 0; v < V; v++) {
          const g = base.logits[n * V + v]!;
          const q = Math.exp(g + base.shift[v]! - base.logZ[n]!);
          const term = q * (g - base.mean[n]!) ** i * x[v * F + f]! ** j;
          mean += term;
          size += Math.abs(term);
        }
        const actual = means.get(`${i},${j}`)![at]!;
        // The weights of the softmax reach the device as float32.
        assert.ok(Math.abs(actual - mean) <= 1e-6 * size, `moment ${i},${j} at ${at}`);
      }
    }
  }
  for (let f = 0; f < F; f++) {
    let most = 0;
    for (let v = 0; v < V; v++) most = Math.max(most, Math.abs(x[v * F + f]!));
    assert.ok(reach[f]! >= most && reach[f]! < 1.5 * most, `direction ${f}`);
  }
});
