import assert from "node:assert/strict";
import { checkMeans, paperMeans, reportMeans } from "./paper_means.ts";

const SMALL = "stanford-gpt2-small-a";
const numbers = (entropy: number) => ({
  model: SMALL,
  nominal: { loss: 3.22, entropy: 2.7, "reciprocal_rank": 0.55, rank: 90 },
  "at_6": { "11.3030_entropy": entropy, "11.3030_scale": 1.1 },
});

Deno.test("paperMeans() has the figure's numbers for what the run has", () => {
  assert.deepEqual(paperMeans(SMALL, { nominal: { loss: 3 } }), { nominal: { loss: 3.217 } });
  assert.equal(paperMeans("./tiny-gpt2-a", numbers(4)), undefined);
});

Deno.test("checkMeans() fails on a number away from the figure's, and on a model it does not show", () => {
  const summary = (entropy: number) => ({
    ...numbers(entropy),
    paper: paperMeans(SMALL, numbers(entropy)),
  });
  assert.equal(checkMeans(summary(4.6)), undefined);
  assert.match(checkMeans(summary(4.2))!.message, /at_6 11\.3030_entropy": 4\.200, expected 4\.7/);
  assert.equal(checkMeans({ model: "./own" })!.code, "E-USAGE");
});

Deno.test("reportMeans() puts the figure's number beside the run's", () => {
  const rows = reportMeans(SMALL, numbers(4.6));
  assert.equal(rows.find(({ name }) => name === "held at 6: 11.3030 entropy")!.paper, 4.7);
  assert.equal(rows.find(({ name }) => name === "unchanged model: rank")!.paper, undefined);
});
