import assert from "node:assert/strict";
import { pairColumns } from "./pair_columns.ts";

const PAIRS = [
  { maxCorr: [0.9, 0.2], baseline: [0.2, 0.3] },
  { maxCorr: [0.7, 0.5], baseline: [0.4, 0.1] },
];

function near(found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  assert.equal(found?.length, expected.length);
  expected.forEach((x, i) => assert.ok(Math.abs(found![i]! - x) < 1e-12, `${found![i]} ${x}`));
}

Deno.test("pairColumns() joins pairs neuron by neuron, and the excess is of the means", () => {
  const columns = pairColumns(PAIRS);
  near(columns.max_corr, [0.9, 0.5]);
  near(columns.mean_corr, [0.8, 0.35]);
  near(columns.min_corr, [0.7, 0.2]);
  near(columns.max_baseline, [0.4, 0.3]);
  near(columns.mean_baseline, [0.3, 0.2]);
  near(columns.min_baseline, [0.2, 0.1]);
  near(columns.excess_corr, [0.5, 0.15]);
});

Deno.test("pairColumns() has no excess unless every pair has a baseline", () => {
  const columns = pairColumns([PAIRS[0]!, { maxCorr: [0.7, 0.5] }]);
  assert.deepEqual(Object.keys(columns), ["max_corr", "mean_corr", "min_corr"]);
});

Deno.test("pairColumns() rounds each pair to float16 decimals when asked to", () => {
  const { max_corr: most } = pairColumns([{ maxCorr: [0.80271, 0.123051] }], { isOriginal: true });
  assert.deepEqual([...most!], [0.8027, 0.12305]);
});

Deno.test("pairColumns() keeps NaN of a baseline, so that its neuron is not universal", () => {
  const { excess_corr: excess } = pairColumns([{ maxCorr: [0.9, 0.9], baseline: [NaN, 0.1] }]);
  assert.ok(Number.isNaN(excess![0]));
  near(excess!.subarray(1), [0.8]);
});
