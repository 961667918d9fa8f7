import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { renderSvg } from "../render.ts";
import { attentionFigures } from "./attention_figures.ts";

function input(tokens: number, ranks: number) {
  const activation = normal([tokens], 1).data;
  const noise = normal([tokens], 2, 0.1).data;
  const counts = (peak: number) =>
    Int32Array.from({ length: 100 }, (_, i) => Math.floor(peak * Math.exp(-(((i - 50) / 9) ** 2))));
  return {
    model: "tiny",
    path: "A3H1L0",
    scores: {
      edges: Float32Array.from({ length: 101 }, (_, i) => (i - 50) / 4),
      neurons: counts(900),
      random: counts(40_000),
    },
    tokens: [{
      name: "A3H1L0N4",
      activation,
      normDiff: activation.map((value, i) => -0.02 * value + 0.01 * noise[i]!),
      bosDiff: activation.map((value, i) => 1e-3 * (value + noise[i]!)),
    }],
    firstRank: 7,
    score: normal([ranks], 3).data,
    pearson: normal([ranks], 4, 0.2).data,
    spearman: normal([ranks], 5, 0.2).data,
  };
}

Deno.test("attentionFigures() draws every figure without a warning of Vega's", async () => {
  const figures = attentionFigures(input(700, 50));
  assert.deepEqual(figures.map(({ name }) => name), [
    "bos-signal",
    "tokens-a3h1l0n4",
    "ablation-by-rank",
  ]);
  for (const { name, spec } of figures) {
    assert.equal(spec.name, name);
    assert.match(await renderSvg(spec), /<title/);
  }
});

Deno.test("attentionFigures() says what a neuron does, with lines and ρ of all tokens", () => {
  const [, scatter] = attentionFigures(input(700, 50));
  const text = JSON.stringify(scatter!.spec);
  assert.match(text, /A3H1L0N4 Activates its Head/);
  assert.match(text, /ρ = −1\.00|ρ = −0\.9/);
  assert.match(scatter!.caption, /One in 2 of 700 tokens/);
});

Deno.test("attentionFigures() draws a neuron that never changes, and few ranks", async () => {
  const still = input(3, 1);
  still.tokens[0]!.activation.fill(0.5);
  still.tokens[0]!.normDiff.fill(0);
  for (const { spec } of attentionFigures(still)) assert.match(await renderSvg(spec), /<title/);
});

Deno.test("attentionFigures() stays within the marks of a page when there are very many", () => {
  const [, scatter, ranks] = attentionFigures(input(12_288, 16_384));
  const points = (spec: unknown) => JSON.stringify(spec).match(/"y":-?\d/g)!.length;
  assert.ok(points(scatter!.spec) < 2500);
  assert.ok(points(ranks!.spec) < 5000);
  assert.match(ranks!.caption, /One rank in 9 is drawn/);
});
