import assert from "node:assert/strict";
import { PairResult } from "./pair_result.ts";
import { universality } from "./universal.ts";

const SHAPE = { layers: 1, width: 2, weightBytes: 0 };

/** A pair with these matrices `[2, 2]`, the real one and those of draws. */
function pair(label: string, ...matrices: number[][]): PairResult {
  const result = new PairResult(label, [SHAPE, SHAPE], matrices.length - 1);
  const place = { row: 0, column: 0, shape: [2, 2] } as const;
  [result.real, ...result.baselines].forEach((summary, i) =>
    summary.add(Float32Array.from(matrices[i]!), place)
  );
  return result;
}

function near(found: ArrayLike<number | bigint>, expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  expected.forEach((x, i) => assert.ok(Math.abs(Number(found[i]) - x) < 1e-6, `${found[i]} ${x}`));
}

Deno.test("universality() averages maxima over partners and takes off the baseline's", () => {
  const pairs = [
    pair("b", [0.9, 0.1, 0.2, 0.3], [0.1, 0, 0.1, 0], [0.3, 0, 0.3, 0]),
    pair("c", [0.2, 0.7, 0.5, 0.1], [0.1, 0, 0.3, 0], [0.5, 0, 0.1, 0]),
  ];
  const { arrays, maxCorrMean, baselineMean, universalShare } = universality(pairs);
  near(arrays["pairs_mean_corr"]!.data, [0.8, 0.4]);
  near(arrays["pairs_max_corr"]!.data, [0.9, 0.5]);
  near(arrays["pairs_min_corr"]!.data, [0.7, 0.3]);
  near(arrays["pairs_mean_baseline"]!.data, [0.25, 0.2]);
  near(arrays["excess_corr"]!.data, [0.55, 0.2]);
  near([maxCorrMean], [0.6]);
  // Draws: means 0.1, 0.2 and 0.4, 0.2; the first neuron is above 0.5 in the first draw alone.
  near([baselineMean!.mean, baselineMean!.sd], [0.225, 0.15 / Math.SQRT2]);
  near([universalShare!.mean, universalShare!.sd], [0.25, 0.5 / Math.SQRT2]);
});

Deno.test("universality() has no excess when there is no baseline", () => {
  const { arrays, universalShare } = universality([pair("b", [0.9, 0.1, 0.2, 0.3])]);
  assert.deepEqual(Object.keys(arrays), ["pairs_max_corr", "pairs_mean_corr", "pairs_min_corr"]);
  assert.equal(universalShare, undefined);
});
