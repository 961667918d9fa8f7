import assert from "node:assert/strict";
import { randomRotation, ROTATIONS } from "./rotation.ts";

const WIDTH = 24;

function rows(matrix: Float32Array): number[][] {
  return Array.from({ length: WIDTH }, (_, k) => [...matrix.subarray(k * WIDTH, (k + 1) * WIDTH)]);
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

Deno.test("randomRotation() gives rows of length 1, at right angles when orthogonal", () => {
  for (const form of ROTATIONS) {
    const matrix = randomRotation({ form, seed: 3, draws: 1 }).matrix("m", 0, {
      width: WIDTH,
      draw: 0,
    });
    const all = rows(matrix);
    for (const [i, a] of all.entries()) {
      assert.ok(Math.abs(dot(a, a) - 1) < 1e-6);
      if (form === "gaussian") continue;
      assert.ok(all.every((b, j) => i === j || Math.abs(dot(a, b)) < 1e-6));
    }
  }
});

Deno.test("randomRotation() gives another matrix for another seed, partner, layer or draw", () => {
  const of = (seed: number, partner: string, layer: number, draw: number) =>
    randomRotation({ form: "gaussian", seed, draws: 2 }).matrix(partner, layer, {
      width: WIDTH,
      draw,
    })
      .join();
  const all = [
    of(0, "m", 0, 0),
    of(1, "m", 0, 0),
    of(0, "n", 0, 0),
    of(0, "m", 1, 0),
    of(0, "m", 0, 1),
  ];
  assert.equal(new Set(all).size, 5);
  assert.equal(of(0, "m", 0, 0), all[0]);
});
