import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { discoveryFigures, undrawnFigures } from "./discovery_figures.ts";

const filled = (...shape: number[]) =>
  hostArray(new Float32Array(shape.reduce((a, b) => a * b)).fill(0.01), shape);

const ARRAYS = {
  probs: filled(97, 100),
  "ipp_logits": filled(4, 5),
  "ipp_m3": filled(4, 5),
  "attn_v": filled(4, 5),
  mlp1: filled(4, 5),
  "logit_lens_a2.h1": filled(97, 100),
  "logit_lens_m3": filled(97, 100),
  "probs_ms": filled(97, 100),
  "probs_lms": filled(97, 100),
  "attn_patterns_a2.h1": filled(3, 3),
  "attn_proportion_a2.h1": filled(97),
};

const OPTIONS = { model: "m", labels: ["a", "b", "c"] };

Deno.test("discoveryFigures() leaves none of the paper's figures out when every array is there", () => {
  const figures = discoveryFigures(ARRAYS, OPTIONS);
  assert.deepEqual(undrawnFigures(figures), []);
  assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
  assert.ok(figures.some(({ name }) => name === "m3-ipp"));
});

Deno.test("undrawnFigures() names figure and array for each array that is taken away", () => {
  const lost: Record<string, string[]> = {
    probs: ["probability-heatmap", "probability-slice"],
    "ipp_m3": ["m<layer>-ipp", "mlps-ipp"],
    mlp1: ["low-mlps-ipp"],
    "probs_lms": ["full-patched-probability-heatmap"],
    "attn_patterns_a2.h1": ["attn-patterns"],
    "attn_proportion_a2.h1": ["attn_proportion"],
  };
  for (const [name, figures] of Object.entries(lost)) {
    const rest = Object.fromEntries(Object.entries(ARRAYS).filter(([key]) => key !== name));
    const undrawn = undrawnFigures(discoveryFigures(rest, OPTIONS));
    assert.deepEqual(undrawn.map(({ figure }) => figure), figures, name);
  }
  assert.equal(undrawnFigures(discoveryFigures({}, OPTIONS)).length, 13);
});

Deno.test("undrawnFigures() misses the slice when no prompt has the year 41", () => {
  const probs = filled(97, 100);
  probs.data.fill(NaN, 39 * 100, 40 * 100);
  const undrawn = undrawnFigures(discoveryFigures({ ...ARRAYS, probs }, OPTIONS));
  assert.deepEqual(undrawn.map(({ figure, arrays }) => [figure, arrays]), [
    ["probability-slice", "probs with a prompt of the start year 41"],
  ]);
});
