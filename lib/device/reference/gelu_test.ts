import assert from "node:assert/strict";
import fc from "fast-check";
import { activationOf, erf, geluOf } from "./gelu.ts";

const near = (actual: number, expected: number, limit = 1e-15) =>
  assert.ok(Math.abs(actual - expected) <= limit, `${actual} against ${expected}`);

Deno.test("erf() gives the published values", () => {
  // Abramowitz and Stegun, table 7.1.
  near(erf(0.5), 0.5204998778130465);
  near(erf(1), 0.8427007929497149);
  near(erf(2), 0.9953222650189527);
  near(erf(3), 0.9999779095030014);
  assert.equal(erf(0), 0);
  assert.deepEqual([erf(6), erf(-Infinity), erf(NaN)], [1, -1, NaN]);
});

Deno.test("erf() is odd, rises and stays inside ±1", () => {
  const number = fc.double({ min: -8, max: 8, noNaN: true });
  fc.assert(fc.property(number, number, (a, b) => {
    near(erf(-a), -erf(a));
    assert.ok(Math.abs(erf(a)) <= 1 + 1e-15);
    assert.ok((a - b) * (erf(a) - erf(b)) >= -1e-14);
  }));
});

Deno.test("geluOf() gives x·Φ(x) and GPT-2's approximation of it", () => {
  near(geluOf(1, "erf"), 0.8413447460685429);
  near(geluOf(-2, "erf"), -0.04550026389635842);
  // 0.5 (1 + tanh(√(2/π) 1.044715)) by hand.
  near(geluOf(1, "tanh"), 0.8411919906082768);
  assert.equal(geluOf(0, "tanh"), 0);
});

Deno.test("the two forms of GELU differ by less than 4.8e-4, and by that much somewhere", () => {
  const gaps = Array.from({ length: 2001 }, (_, i) => {
    const x = (i - 1000) / 200;
    return Math.abs(geluOf(x, "erf") - geluOf(x, "tanh"));
  });
  const largest = Math.max(...gaps);
  // spec/greater_than section 0: the largest gap is 4.7e-4.
  assert.ok(largest > 4.6e-4 && largest < 4.8e-4, `${largest}`);
});

Deno.test("geluOf() in either form obeys gelu(x) − gelu(−x) = x", () => {
  fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
    for (const form of ["erf", "tanh"] as const) near(geluOf(x, form) - geluOf(-x, form), x, 1e-14);
  }));
});

Deno.test("activationOf() finds the function of each name", () => {
  assert.equal(activationOf("none")(-3), -3);
  assert.equal(activationOf("gelu_erf")(0.7), geluOf(0.7, "erf"));
  assert.equal(activationOf("gelu_tanh")(0.7), geluOf(0.7, "tanh"));
});
