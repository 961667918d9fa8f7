import assert from "node:assert/strict";
import { runDifference } from "./run_difference.ts";

const input = (name: string, digit: string) => ({
  name,
  path: `/data/${name}`,
  bytes: 1,
  sha256: digit.repeat(64),
});

const RUN = {
  script: "universal_neurons/correlations",
  version: "1.0.0",
  options: { draws: 2, baseline: "rotation", partners: ["b"] },
  inputs: [input("model/a", "a"), input("tokens", "1")],
};

Deno.test("runDifference() names options, versions and files that differ", () => {
  assert.equal(runDifference(RUN, RUN), "");
  const paths = { ...RUN, inputs: RUN.inputs.map((found) => ({ ...found, path: "/else" })) };
  assert.equal(runDifference(paths, RUN), "");
  assert.equal(
    runDifference({ ...RUN, options: { ...RUN.options, draws: 3 } }, RUN),
    "draws 3, not 2",
  );
  assert.equal(
    runDifference({ ...RUN, inputs: [input("model/a", "a"), input("tokens", "2")] }, RUN),
    "tokens of sha256 222222222222, not 111111111111",
  );
  assert.equal(
    runDifference(RUN, { ...RUN, inputs: [input("tokens", "1")] }),
    "model/a of sha256 aaaaaaaaaaaa, not absent",
  );
  assert.equal(
    runDifference(RUN, { script: "x", version: "0.9.0", options: {}, inputs: RUN.inputs }),
    "script universal_neurons/correlations, not x; version 1.0.0, not 0.9.0; " +
      'baseline "rotation", not absent; and 2 more',
  );
});
