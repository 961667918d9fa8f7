import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { openSpearman, spearmanBytes } from "./spearman.ts";

/** Pairs whose ranks correlate by about `r`, the x clustered as activations are. */
function pairs(n: number, r: number, seed: number): [Float32Array, Float32Array] {
  const [a, b] = [normal([n], seed).data, normal([n], seed + 1).data];
  const x = a.map((value) => Math.max(-0.17, value * Math.abs(value)));
  return [x, a.map((value, i) => Math.exp(r * value + Math.sqrt(1 - r * r) * b[i]!))];
}

Deno.test("openSpearman() is 1 and −1 of rising and falling pairs, exactly and binned", () => {
  const n = 6000;
  const x = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % n) / n);
  for (const method of ["exact", "binned"] as const) {
    const spearman = openSpearman(method, { rows: 2, pairs: n });
    for (let i = 0; i < n; i += 100) {
      const part = x.subarray(i, i + 100);
      spearman.add(0, part, part.map((value) => value ** 3));
      spearman.add(1, part, part.map((value) => -Math.exp(value)));
    }
    const limit = method === "exact" ? 1e-12 : 1e-4;
    assert.ok(Math.abs(spearman.rho(0) - 1) < limit, method);
    assert.ok(Math.abs(spearman.rho(1) + 1) < limit, method);
  }
});

Deno.test("openSpearman() shares ranks among equal values as the textbook does", () => {
  const spearman = openSpearman("exact", { rows: 1, pairs: 5 });
  spearman.add(0, [1, 2, 2, 3, 4], [10, 10, 30, 20, 20]);
  // Ranks 1 2.5 2.5 4 5 and 1.5 1.5 5 3.5 3.5.
  const dx = [-2, -0.5, -0.5, 1, 2];
  const dy = [-1.5, -1.5, 2, 0.5, 0.5];
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const expected = dot(dx, dy) / Math.sqrt(dot(dx, dx) * dot(dy, dy));
  assert.ok(Math.abs(spearman.rho(0) - expected) < 1e-12);
});

Deno.test("openSpearman() binned stays within 3e-4 of the exact one in less memory", () => {
  const n = 40_000;
  for (const r of [-0.95, -0.4, 0, 0.6, 0.9]) {
    const [x, y] = pairs(n, r, 10);
    const both = (["exact", "binned"] as const).map((method) => {
      const spearman = openSpearman(method, { rows: 1, pairs: n });
      for (let i = 0; i < n; i += 192) {
        spearman.add(0, x.subarray(i, i + 192), y.subarray(i, i + 192));
      }
      return spearman.rho(0);
    });
    assert.ok(Math.abs(both[0]! - both[1]!) < 3e-4, `${r}: ${both}`);
  }
  assert.ok(spearmanBytes("binned", n) < spearmanBytes("exact", n) / 4);
});

Deno.test("openSpearman() binned is exact as long as pairs are few", () => {
  const [x, y] = pairs(500, 0.5, 3);
  const values = (["exact", "binned"] as const).map((method) => {
    const spearman = openSpearman(method, { rows: 1, pairs: 500 });
    spearman.add(0, x, y);
    return spearman.rho(0);
  });
  assert.equal(values[0], values[1]);
  assert.ok(Number.isNaN(openSpearman("exact", { rows: 1, pairs: 4 }).rho(0)));
});
