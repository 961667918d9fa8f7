import assert from "node:assert/strict";
import { barTicks, barTitle } from "./color_bar.ts";
import { colorScale, valueRange } from "./color_scale.ts";
import { paletteColor, PALETTES, toHex } from "./palette.ts";

Deno.test("RdBu is red below 0, blue above, and its middle is 0 in any range", () => {
  for (const range of [[-1, 1], [-5, 4], [-0.1, 3]] as const) {
    const scale = colorScale("RdBu", range);
    assert.equal(toHex(scale.colorOf(0)), "#f7f7f7");
    const [red, , blue] = scale.colorOf(range[0]);
    assert.ok(red > blue);
    const [r, , b] = scale.colorOf(range[1]);
    assert.ok(b > r);
  }
  assert.equal(toHex(colorScale("RdBu", [-1, 1]).colorOf(-1)), "#67001f");
  assert.equal(toHex(colorScale("RdBu", [-1, 1]).colorOf(9)), "#053061");
});

Deno.test("sequential palettes darken from low to high", () => {
  const light = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  for (const palette of ["Blues", "amp"] as const) {
    const steps = Array.from({ length: 50 }, (_, i) => light(paletteColor(palette, i / 49)));
    for (let i = 1; i < steps.length; i++) assert.ok(steps[i]! < steps[i - 1]!, palette);
    assert.equal(toHex(paletteColor(palette, 0)), PALETTES[palette][0]);
    assert.equal(toHex(paletteColor(palette, 1)), PALETTES[palette].at(-1));
  }
});

Deno.test("colorScale() refuses a range that is none", () => {
  for (const range of [[1, 1], [2, 1], [NaN, 1], [0, Infinity]] as const) {
    assert.throws(() => colorScale("Blues", range), RangeError);
  }
});

Deno.test("valueRange() is symmetric for RdBu and never empty", () => {
  assert.deepEqual(valueRange([-3, 1, NaN], "RdBu"), [-3, 3]);
  assert.deepEqual(valueRange([0, 0], "RdBu"), [-1, 1]);
  assert.deepEqual(valueRange([2, 5], "Blues"), [2, 5]);
  assert.deepEqual(valueRange([2, 2], "Blues"), [2, 3]);
  assert.deepEqual(valueRange([], "amp"), [0, 1]);
});

Deno.test("barTicks() has both ends and round values that keep clear of them", () => {
  assert.deepEqual(barTicks(0, 0.25), [0, 0.05, 0.1, 0.15, 0.2, 0.25]);
  assert.deepEqual(barTicks(-0.5, 0.5), [-0.5, -0.25, 0, 0.25, 0.5]);
  assert.deepEqual(barTicks(-5, 4), [-5, -4, -2, 0, 2, 4]);
  for (const [low, high] of [[-0.0218, 0.0218], [-5, 4], [1e-9, 3e-9], [0, 1234]] as const) {
    const ticks = barTicks(low, high);
    assert.equal(ticks[0], low);
    assert.equal(ticks.at(-1), high);
    assert.ok(ticks.length >= 2 && ticks.length <= 8);
    assert.deepEqual(ticks, ticks.toSorted((a, b) => a - b));
  }
});

Deno.test("barTicks() leaves out what a short bar has no room for", () => {
  assert.deepEqual(barTicks(-0.503, 0.503, 60), [-0.503, 0, 0.503]);
  assert.deepEqual(barTicks(0, 0.25, 40), [0, 0.25]);
  assert.deepEqual(barTicks(-0.503, 0.503, 300), [-0.503, -0.4, -0.2, 0, 0.2, 0.4, 0.503]);
});

Deno.test("barTitle() breaks long titles between words", () => {
  assert.deepEqual(barTitle("prob diff variation"), ["prob diff variation"]);
  assert.deepEqual(barTitle("Magnitude in unembedding space"), [
    "Magnitude in",
    "unembedding space",
  ]);
});
