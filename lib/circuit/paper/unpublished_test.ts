import assert from "node:assert/strict";
import { nothingToCheck, reportMeans, tableOfMeans } from "./unpublished.ts";

const NAMES = { b: "second measure", a: "first" };
const SUMMARIES = {
  a: { mean: 0.5, sd: 0.25, ci: [0.375, 0.625] },
  b: { mean: 3, sd: 1, ci: [2.5, 3.5] },
} as const;

Deno.test("reportMeans() are named and ordered for people, and judge nothing", () => {
  const numbers = reportMeans(NAMES, SUMMARIES);
  assert.deepEqual(numbers.map(({ name, value, sd }) => [name, value, sd]), [
    ["second measure", 3, 1],
    ["first", 0.5, 0.25],
  ]);
  assert.ok(numbers.every(({ verdict }) => verdict === "not applicable"));
  assert.match(numbers[1]!.note, /interval of the mean 0\.3750 to 0\.6250; the paper gives no/);
});

Deno.test("tableOfMeans() has a line a measure", () => {
  assert.deepEqual(tableOfMeans(NAMES, SUMMARIES), {
    columns: ["measure", "mean", "sd", "95 % from", "to"],
    rows: [["second measure", 3, 1, 2.5, 3.5], ["first", 0.5, 0.25, 0.375, 0.625]],
  });
});

Deno.test("nothingToCheck() is a mistake of usage that names the experiment", () => {
  const { exitCode, message } = nothingToCheck("greater_than/random_years");
  assert.equal(exitCode, 2);
  assert.match(message, /^Cannot check "greater_than\/random_years": an experiment the paper has/);
});
