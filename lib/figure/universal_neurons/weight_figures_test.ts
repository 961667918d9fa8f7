import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { renderSvg } from "../render.ts";
import { weightFigures } from "./weight_figures.ts";

const [L, H, F] = [3, 2, 40];

function input(change: (kurt: Float32Array) => void = () => {}) {
  const vocabKurt = normal([L * F], 1).data.map((value) => 3 + Math.abs(value));
  change(vocabKurt);
  const composition = {
    data: normal([L * L * H], 2).data.map((value) => Math.abs(value) / 10),
    shape: [L, L * H],
  };
  return {
    model: "tiny",
    layers: L,
    heads: H,
    vocabKurt,
    inOutSim: normal([L * F], 3, 0.2).data,
    compositions: { "comp_v": composition, "comp_o": composition },
  };
}

Deno.test("weightFigures() draws every figure without a warning of Vega's", async () => {
  for (const { name, spec } of weightFigures(input())) {
    assert.equal(spec.name, name);
    assert.match(await renderSvg(spec), /<title/);
  }
});

Deno.test("weightFigures() leaves out neurons that have no kurtosis, and layers of nothing else", async () => {
  const [kurtosis] = weightFigures(input((kurt) => kurt.fill(NaN, 0, F + 1)));
  assert.match(await renderSvg(kurtosis!.spec), /<title/);
  const places = new Set(JSON.stringify(kurtosis!.spec).match(/"x":\d+/g));
  assert.deepEqual([...places], ['"x":1', '"x":2']);
});
