import assert from "node:assert/strict";
import { labelTask, searchRows, taskSize } from "./contrast_task.ts";
import { measure, summarize, summarizeBeside, summarizeTests } from "./measures.ts";

const ints = (values: number[], shape: number[]) => ({ data: Int32Array.from(values), shape });

Deno.test("summarize() gives means, sample standard deviations and intervals by name", () => {
  const measures = { probDiff: Float64Array.of(0, 1), sharpness: Float64Array.of(3, 3) };
  assert.deepEqual(summarize(measures, 0), {
    "prob_diff_mean": 0.5,
    "prob_diff_sd": Math.SQRT1_2,
    "prob_diff_ci": [0, 1],
    "sharpness_mean": 3,
    "sharpness_sd": 0,
    "sharpness_ci": [3, 3],
  });
});

Deno.test("summarizeBeside() pairs the ratio's prompts", () => {
  const baseline = { probDiff: Float64Array.of(0.2, 0.4, 0.9) };
  const half = { probDiff: baseline.probDiff.map((value) => value / 2) };
  const { ratio, ratio_ci: [low, high], sharpness_mean: none } = summarizeBeside(half, baseline, 1);
  for (const value of [ratio, low, high]) assert.ok(Math.abs(value - 0.5) < 1e-12);
  assert.equal(none, undefined);
});

Deno.test("summarizeTests() gives the numbers of one by one, and the ratio of sharpness", () => {
  const baseline = {
    probDiff: Float64Array.of(0.2, 0.4, 0.9, 0.3),
    sharpness: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  };
  const half = {
    probDiff: baseline.probDiff.toReversed(),
    sharpness: baseline.sharpness.map((value) => value / 2),
  };
  const { half: summary, same } = summarizeTests(baseline, { half, same: baseline }, 3);
  const { prob_diff_mean: mean, prob_diff_ci: interval } = summarize(half, 3);
  assert.deepEqual([summary.prob_diff_mean, summary.prob_diff_ci], [mean, interval]);
  assert.deepEqual(summary, summarizeBeside(half, baseline, 3));
  assert.ok(Math.abs(summary.sharpness_ratio! - 0.5) < 1e-12);
  assert.deepEqual([same.ratio, ...same.ratio_ci], [1, 1, 1]);
});

Deno.test("summarizeTests() gives no ratio of sharpness where the baseline has none", () => {
  const flat = { probDiff: Float64Array.of(0.2, 0.4), sharpness: new Float64Array(2) };
  assert.ok(!("sharpness_ratio" in summarizeTests(flat, { flat }, 0).flat));
});

Deno.test("measure() counts right labels for and wrong ones against, others not at all", () => {
  const task = labelTask({
    goodTokens: ints([1, 2, 3, 1, 4, 3], [2, 3]),
    badTokens: ints([1, 9, 3, 1, 9, 3], [2, 3]),
    labelTokenIds: ints([2, 4, 9], [3]),
    labelSigns: ints([1, -1, 0, -1, 1, 0], [2, 3]),
  });
  assert.deepEqual(task.positions, { END: 2, YY: 1 });
  const { probDiff, sharpness } = measure(task, Float64Array.of(0.5, 0.25, 0.1, 0.5, 0.125, 0.1));
  assert.deepEqual([...probDiff], [0.25, -0.375]);
  assert.equal(sharpness, undefined);
});

Deno.test("labelTask() refuses pairs that differ first at different positions", () => {
  const pairs = {
    goodTokens: ints([1, 2, 3, 5, 4, 3], [2, 3]),
    badTokens: ints([1, 9, 3, 1, 9, 3], [2, 3]),
    labelTokenIds: ints([2, 4], [2]),
    labelSigns: ints([1, -1, -1, 1], [2, 2]),
  };
  assert.throws(() => labelTask(pairs), {
    code: "E-PROMPTS",
    message: /prompt 1.*first differs at position 0, expected position 1/,
  });
});

Deno.test("labelTask() refuses pairs that differ at the last token alone, or not at all", () => {
  const pairs = (bad: number[]) => ({
    goodTokens: ints([1, 2, 3], [1, 3]),
    badTokens: ints(bad, [1, 3]),
    labelTokenIds: ints([2, 4], [2]),
    labelSigns: ints([1, -1], [1, 2]),
  });
  assert.throws(() => labelTask(pairs([1, 2, 4])), {
    code: "E-PROMPTS",
    message: /last token alone/,
  });
  assert.throws(() => labelTask(pairs([1, 2, 3])), { code: "E-PROMPTS", message: /are the same/ });
});

Deno.test("searchRows() takes evenly spaced prompts of a long task and all of a short one", () => {
  const task = (N: number) =>
    labelTask({
      goodTokens: { data: Int32Array.from({ length: 3 * N }, (_, i) => i), shape: [N, 3] },
      badTokens: { data: new Int32Array(3 * N).fill(-1), shape: [N, 3] },
      labelTokenIds: ints([2, 4], [2]),
      labelSigns: { data: new Int32Array(2 * N).fill(1), shape: [N, 2] },
    });
  assert.equal(taskSize(searchRows(task(97))), 97);
  const { goodTokens } = searchRows(task(980));
  const firsts = [0, 1, 2].map((row) => goodTokens.data[3 * row]);
  assert.deepEqual([goodTokens.shape[0], ...firsts], [490, 0, 6, 12]);
});
