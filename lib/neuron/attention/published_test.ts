import assert from "node:assert/strict";
import { checkScore, judgeScore } from "./published.ts";

const MEDIUM = "stanford-gpt2-medium-a";

Deno.test("checkScore() passes the printed score and fails another", () => {
  assert.equal(checkScore(MEDIUM, -11.66725), undefined);
  assert.equal(judgeScore(MEDIUM, -11.66725), "pass");
  assert.equal(checkScore(MEDIUM, -11.668)?.code, "E-CHECK");
  assert.equal(checkScore(MEDIUM, NaN)?.code, "E-CHECK");
});

Deno.test("checkScore() says that nothing was printed when the model is another", () => {
  for (const model of ["tiny-gpt2-a", "toString"]) {
    assert.equal(checkScore(model, -11.6672)?.code, "E-USAGE");
    assert.equal(judgeScore(model, -11.6672), "not applicable");
  }
});
