import assert from "node:assert/strict";
import { ActivationBins, binArrays } from "./activation_bins.ts";
import { TokenStatistics } from "./token_statistics.ts";

Deno.test("ActivationBins are mean changes by activation, of bins with enough tokens", () => {
  const [rows, T] = [2, 32];
  const statistics = (loss: (i: number) => number) => {
    const made = new TokenStatistics(rows, T);
    const at = Float64Array.from({ length: rows * T }, (_, i) => loss(i));
    made.place(0, { loss: at, entropy: at, rank: new Int32Array(64), scale: at });
    return made;
  };
  const bins = new ActivationBins("3.5");
  const block = {
    start: 0,
    tokens: { data: new Int32Array(64), shape: [rows, T] },
    nominal: statistics(() => 1),
    // The first half of each row at 0.2, the rest below every bin but for one place.
    activations: new Map([[
      "3.5",
      Float64Array.from({ length: 64 }, (_, i) => i % T === 20 ? 9 : i % T < 16 ? 0.2 : -99),
    ]]),
    outcomes: [{
      ...{ set: 0, change: 0, arm: "full" as const },
      statistics: statistics((i) => i % T < 16 ? 3 : 1.5),
    }],
  };
  bins.add(block, (position) => (position + 1) % T !== 0);
  const found = bins.finish();
  assert.deepEqual(found.map(({ center, tokens }) => [center, tokens]), [[-9.75, 28], [0.25, 32]]);
  assert.deepEqual(found.map(({ loss }) => [loss.mean, loss.se]), [[0.5, 0], [2, 0]]);
  const arrays = binArrays(found);
  assert.deepEqual([...arrays["bin_loss_change"]!.data], [0.5, 2]);
  assert.deepEqual([...arrays["bin_tokens"]!.data], [28, 32]);
});
