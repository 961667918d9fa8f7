import assert from "node:assert/strict";
import { renderSvg } from "../render.ts";
import { explainFigures } from "./explain_figures.ts";

const BESTS = [0.9, 0.4, NaN, 0.1].map((reduction, i) => ({
  neuron: `0.${i}`,
  kind: Number.isNaN(reduction) ? "" : i === 1 ? "prev_token" : "token",
  feature: ["the_unigram", "contains_comma", "", "is_year"][i]!,
  family: ["unigram", "symbol", "", "numeric"][i]!,
  reduction,
  chance: reduction / 2,
}));
const CURVES = [
  { name: "token", best: [0.9, 0.3, 0.1], chance: [0.4, 0.1, 0.1] },
  { name: "prev_token", best: [0.1, 0.4, 0], chance: [] },
];

Deno.test("explainFigures() draws shares and the best neurons with their table", async () => {
  const figures = explainFigures({ model: "m", curves: CURVES, bests: BESTS });
  assert.deepEqual(figures.map(({ name }) => name), ["explained-share", "top-neurons"]);
  const svgs = await Promise.all(figures.map(({ spec }) => renderSvg(spec)));
  assert.match(svgs[0]!, /token, by chance/);
  assert.doesNotMatch(svgs[0]!, /previous token, by chance/);
  assert.match(svgs[1]!, /0\.1 contains_comma \(previous token\)/);
  assert.deepEqual(figures[0]!.table!.rows.map(([family, count]) => [family, count]), [
    ["token: unigram", 1],
    ["previous token: symbol", 1],
    ["token: numeric", 1],
  ]);
  assert.equal(figures[1]!.table!.rows.length, 3, "the neuron without an explanation is left out");
});

Deno.test("explainFigures() draws kinds of sequences apart when there are four kinds", async () => {
  const sequences = CURVES.map(({ name, best }) => ({
    name: name.replace("token", "sequence"),
    best,
    chance: [0.1],
  }));
  const curves = [...CURVES, ...sequences];
  const figures = explainFigures({ model: "m", curves, bests: BESTS });
  assert.deepEqual(figures.map(({ name }) => name), [
    ...["explained-share", "explained-share-sequence", "top-neurons"],
  ]);
  const svg = await renderSvg(figures[1]!.spec);
  assert.match(svg, /sequence at the previous token, by chance/);
  assert.doesNotMatch(svg, />token</);
});

Deno.test("explainFigures() has nothing to draw when no neuron was explained", () => {
  assert.deepEqual(explainFigures({ model: "m", curves: [], bests: [BESTS[2]!] }), []);
});
