import assert from "node:assert/strict";
import { checkExplanations, judgeExplanations } from "./published.ts";

const MEDIUM = "stanford-gpt2-medium-a";

function best(neuron: string, feature: string, reduction: number) {
  return { neuron, kind: "token", feature, family: "unigram", reduction, chance: 0 };
}

Deno.test("checkExplanations() agrees with what was printed, and names what does not", () => {
  const right = [best("0.3270", "to_unigram", 0.98), best("7.7", "is_year", 0.1)];
  assert.equal(checkExplanations(MEDIUM, right), undefined);
  assert.equal(judgeExplanations(MEDIUM, right).length, 1);
  for (const wrong of [best("0.3270", "of_unigram", 0.98), best("0.3270", "to_unigram", 0.9)]) {
    const failure = checkExplanations(MEDIUM, [wrong]);
    assert.equal(failure?.code, "E-CHECK");
    assert.match(failure!.message, /neuron 0\.3270.*expected to_unigram, 0\.986861 within 0\.05/);
  }
});

Deno.test("checkExplanations() cannot judge neurons of which nothing was printed", () => {
  assert.equal(checkExplanations("gpt2", [best("0.3270", "x", 1)])?.code, "E-USAGE");
  assert.equal(checkExplanations(MEDIUM, [best("7.7", "x", 1)])?.code, "E-USAGE");
});
