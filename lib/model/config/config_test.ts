import assert from "node:assert/strict";
import { attentionScale } from "./config.ts";

Deno.test("attentionScale() divides by √K, and by layer + 1 where the model says so", () => {
  const plain = { dHead: 64, scaleAttnWeights: true, scaleAttnByInverseLayerIdx: false };
  assert.equal(attentionScale(plain, 5), 1 / 8);
  assert.equal(attentionScale({ ...plain, scaleAttnByInverseLayerIdx: true }, 3), 1 / 32);
  assert.equal(attentionScale({ ...plain, scaleAttnWeights: false }, 3), 1);
});
