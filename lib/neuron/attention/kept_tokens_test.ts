import assert from "node:assert/strict";
import { keptRanks, KeptTokens } from "./kept_tokens.ts";

const path = { attentionLayer: 8, head: 3, mlpLayer: 7 };
const ranked = {
  neurons: Int32Array.of(4, 2, 0, 1, 3),
  scores: Float64Array.of(5, 4, -3, 2, -1),
};
const place = { path, ranked, range: { from: 1, to: 5 } };

Deno.test("keptRanks() takes ranks in either form, and the first of each sign when none is asked", () => {
  assert.deepEqual(keptRanks(["3", "L7N2", "L7N3"], place), [3, 2]);
  assert.deepEqual(keptRanks([], place), [1, 2]);
  assert.deepEqual(keptRanks([], { ...place, range: { from: 3, to: 4 } }), [3]);
});

Deno.test("keptRanks() refuses what is no measured rank of the path's MLP", () => {
  const refused: [string[], RegExp][] = [
    [["L6N2"], /"L6N2": a neuron of MLP 6, not of A8H3L7/],
    [["0"], /"0": a rank that is not measured, expected at most 64 of 1 to 4, or L7N1/],
    [["5"], /a rank that is not measured/],
    [["2.5"], /"2\.5": no rank/],
    [["-1"], /"-1": no rank/],
    [["A8H3L7N2"], /no rank/],
    [Array.from({ length: 65 }, () => "2"), /65 neurons/],
  ];
  for (const [asked, message] of refused) {
    assert.throws(() => keptRanks(asked, place), { code: "E-USAGE", message });
  }
});

Deno.test("KeptTokens puts rows in their places under the original's names", () => {
  const kept = new KeptTokens({ rows: 2, from: 5, positions: 7 });
  const values = (...list: number[]) => Float64Array.from(list);
  kept.set(1, {
    activation: values(1, 2),
    normDiff: values(3, 4),
    fractional: values(0.5, 0.25),
    bosDiff: values(-1, -2),
  });
  assert.deepEqual(kept.columns().map(({ name, values }) => [name, ...(values as Float32Array)]), [
    ["Activation Diff", 0, 0, 1, 2],
    ["BOS Prob Diff", 0, 0, -1, -2],
    ["Norm Diff", 0, 0, 3, 4],
    ["Fractional Norm Diff", 0, 0, 0.5, 0.25],
    ["row", 0, 0, 1, 1],
    ["position", 5, 6, 5, 6],
  ]);
});
