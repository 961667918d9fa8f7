import assert from "node:assert/strict";
import type { MeasureSummary } from "../task/measures.ts";
import { checkPaper, PAPER_SUMMARY, yearNumbers } from "./paper_numbers.ts";

const BASELINE: MeasureSummary = {
  ...PAPER_SUMMARY.baseline,
  "prob_diff_ci": [0.81, 0.82],
  "sharpness_ci": [0.05, 0.07],
};

const verdicts = (model: string, count: number, changes: Partial<MeasureSummary> = {}) =>
  yearNumbers(model, count, { baseline: { ...BASELINE, ...changes } }).map(({ verdict }) =>
    verdict
  );

/** How far from the paper's mean a run of `count` prompts may be. */
const allowed = (sd: number, count: number) => 3 * sd * Math.sqrt(1 / count + 1 / 10000) + 0.0005;

Deno.test("PAPER_SUMMARY holds the numbers of the paper", () => {
  // Hanna et al. 2023, section 2: 81.7 % (sd 19.3 %) and 6.0 % (sd 7.2 %).
  assert.deepEqual(PAPER_SUMMARY.baseline, {
    "prob_diff_mean": 0.817,
    "prob_diff_sd": 0.193,
    "sharpness_mean": 0.06,
    "sharpness_sd": 0.072,
  });
});

Deno.test("yearNumbers() passes within three standard errors and fails beyond, on both sides", () => {
  for (const count of [97, 490, 10000]) {
    const wide = allowed(0.193, count);
    const narrow = allowed(0.072, count);
    for (const side of [-1, 1]) {
      const difference = (share: number) =>
        verdicts("gpt2", count, { "prob_diff_mean": 0.817 + side * share * wide });
      assert.deepEqual(difference(0.999), ["pass", "pass"]);
      assert.deepEqual(difference(1.001), ["fail", "pass"]);
      const sharpness = (share: number) =>
        verdicts("gpt2", count, { "sharpness_mean": 0.06 + side * share * narrow });
      assert.deepEqual(sharpness(0.999), ["pass", "pass"]);
      assert.deepEqual(sharpness(1.001), ["pass", "fail"]);
    }
  }
});

Deno.test("yearNumbers() fails what is no number", () => {
  assert.deepEqual(verdicts("gpt2", 490, { "prob_diff_mean": NaN }), ["fail", "pass"]);
});

Deno.test("yearNumbers() judges GPT-2 small under each of its names, and no other model", () => {
  for (const model of ["gpt2", "openai-community/gpt2", "gpt2@main"]) {
    assert.deepEqual(verdicts(model, 490), ["pass", "pass"], model);
  }
  const others = [
    "gpt2-medium",
    "tiny-gpt2-a",
    "./gpt2",
    "someone/gpt2",
    "",
    "stanford-gpt2-small-a",
  ];
  for (const model of others) {
    assert.deepEqual(verdicts(model, 490), ["not applicable", "not applicable"], model);
  }
});

Deno.test("yearNumbers() sets each value beside the paper's and says how near it must be", () => {
  const [difference, sharpness, patched, ratio] = yearNumbers("gpt2", 490, {
    baseline: { ...BASELINE, "prob_diff_mean": 0.8, "prob_diff_sd": 0.2, "sharpness_mean": 0.05 },
    ms: {
      "prob_diff_mean": 0.7,
      "prob_diff_sd": 0.3,
      "prob_diff_ci": [0.68, 0.72],
      ratio: 0.9,
      "ratio_ci": [0.88, 0.92],
    },
  });
  const { value, sd, paper, paperSd, note } = difference!;
  assert.deepEqual([value, sd, paper, paperSd], [0.8, 0.2, 0.817, 0.193]);
  // 3 · 19.3 · √(1/490 + 1/10000) + 0.05 = 2.73 points.
  assert.match(
    note,
    /81\.0 % to 82\.0 %; within 3 standard errors of both samples is ±2\.7 points$/,
  );
  assert.deepEqual([sharpness!.value, sharpness!.paper, sharpness!.paperSd], [0.05, 0.06, 0.072]);
  assert.deepEqual([patched!.paper, patched!.paperSd, patched!.verdict], [
    0.727,
    undefined,
    "pass",
  ]);
  // 2 points are 1.96 standard errors of 490, so 3 of both samples are 3.13, and 0.05 of rounding.
  assert.match(ratio!.note, /±3\.2 points$/);
  assert.equal(ratio!.verdict, "pass");
});

Deno.test("yearNumbers() says whose number the paper's is, for another model", () => {
  const [other] = yearNumbers("tiny-gpt2-a", 490, { baseline: BASELINE });
  assert.match(other!.note, /; the paper's number is of GPT-2 small$/);
});

Deno.test("checkPaper() agrees, names the measure that does not, or refuses the model", () => {
  assert.equal(checkPaper("gpt2", 490, { baseline: BASELINE }), undefined);
  const failed = checkPaper("gpt2", 490, { baseline: { ...BASELINE, "sharpness_mean": 0.2 } })!;
  assert.equal(failed.code, "E-CHECK");
  assert.equal(failed.exitCode, 3);
  assert.match(
    failed.message,
    /^Cannot confirm "model: cutoff sharpness": 0\.2000 on 490 prompts, expected 0\.06 \(95 % /,
  );
  const other = checkPaper("tiny-gpt2-a", 490, { baseline: BASELINE })!;
  assert.equal(other.code, "E-USAGE");
  assert.equal(other.exitCode, 2);
});

Deno.test("yearNumbers() judges a circuit's tests by the paper's circuit alone, and no own prompts", () => {
  const ms = {
    "prob_diff_mean": 0.2,
    "prob_diff_sd": 0.3,
    "prob_diff_ci": [0.18, 0.22] as const,
    ratio: 0.25,
    "ratio_ci": [0.2, 0.3] as const,
  };
  const of = (on: Parameters<typeof yearNumbers>[3]) =>
    yearNumbers("gpt2", 490, { baseline: BASELINE, ms }, on).map(({ verdict }) => verdict);
  const none = "not applicable";
  assert.deepEqual(of({}), ["pass", "pass", "fail", "fail"]);
  assert.deepEqual(of({ circuit: "auto" }), ["pass", "pass", none, none]);
  assert.deepEqual(of({ prompts: "own" }), [none, none, none, none]);
  assert.equal(checkPaper("gpt2", 490, { baseline: BASELINE, ms }, { circuit: "auto" }), undefined);
  const own = checkPaper("gpt2", 490, { baseline: BASELINE }, { prompts: "own" })!;
  assert.equal(own.code, "E-USAGE");
});

Deno.test("yearNumbers() allows for what a balanced draw moves, and says so", () => {
  const baseline = { ...BASELINE, "prob_diff_mean": 0.817 + allowed(0.193, 10000) + 0.01 };
  const [unbalanced] = yearNumbers("gpt2", 10000, { baseline });
  const [balanced] = yearNumbers("gpt2", 10000, { baseline }, { prompts: "balanced" });
  assert.deepEqual([unbalanced!.verdict, balanced!.verdict], ["fail", "pass"]);
  assert.match(balanced!.note, /the difference a balanced draw makes is ±2\.4 points$/);
});
