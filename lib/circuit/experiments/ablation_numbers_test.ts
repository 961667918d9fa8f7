import assert from "node:assert/strict";
import {
  type AblationSummaries,
  ablationTable,
  describeDraws,
  reportAblation,
} from "./ablation_numbers.ts";

const means = {
  "prob_diff_mean": 0.5,
  "prob_diff_sd": 0.1,
  "prob_diff_ci": [0.4, 0.6],
  ratio: 0.75,
  "ratio_ci": [0.7, 0.8],
} as const;

const SUMMARIES: AblationSummaries = {
  "random_full": { draws: 3, mean: 0.2, sd: 0.1, least: 0.1, median: 0.2, most: 0.3 },
  baseline: { ...means, "prob_diff_mean": 2 },
  "no_heads": means,
  "circuit_full": { ...means, standing: { reached: 1, percentile: 66, p: 0.5, z: 2 } },
};

Deno.test("describeDraws() says whether the circuits are all there are", () => {
  const lists = [[], [], []];
  assert.equal(
    describeDraws({ lists, possible: 3 }, { anywhere: false }),
    "all 3 circuits with as many other heads in each layer",
  );
  assert.equal(
    describeDraws({ lists, possible: 12345 }, { anywhere: true }),
    "3 of 12,345 circuits with as many other heads of any layer",
  );
});

Deno.test("ablationTable() has the model, the named tests, then the draws in the model's units", () => {
  const { columns, rows } = ablationTable(SUMMARIES);
  assert.equal(columns.length, 7);
  assert.deepEqual(rows.map(([name]) => name), [
    "model",
    "no heads, the bad prompts' answers",
    "circuit",
    "3 random circuits: mean, sd",
    "3 random circuits: largest share",
  ]);
  assert.deepEqual(rows[2]!.slice(1), [0.5, 0.1, 0.75, 1, 0.5, 2]);
  assert.deepEqual(rows[3]!.slice(1), [0.4, 0.2, 0.2]);
});

Deno.test("reportAblation() tells the place among the draws where there is one", () => {
  const [none, circuit] = reportAblation(SUMMARIES);
  assert.match(none!.note, /share 70\.0 % to 80\.0 %$/);
  assert.match(circuit!.note, /; 1 random circuits reach it, p = 0\.50$/);
});
