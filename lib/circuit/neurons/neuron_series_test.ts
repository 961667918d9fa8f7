import assert from "node:assert/strict";
import fc from "fast-check";
import { momentSeries } from "./neuron_series.ts";
import { baseSoftmax } from "./softmax_moments.ts";

const V = 30;
/** Even over the range, where `fc.double` is nearly always next to 0. */
const number = (spread: number) =>
  fc.integer({ min: -1000, max: 1000 }).map((part) => spread * part / 1000);
const values = (spread: number) =>
  fc.array(number(spread), { minLength: V, maxLength: V }).map((list) => Float64Array.from(list));
const sum = (list: Float64Array) => list.reduce((total, x) => total + x, 0);

/** Exact `log E[e^X]` of one prompt and one direction, and the series of it. */
function both(
  { g, shift, x }: { g: Float64Array; shift: Float64Array; x: Float64Array },
  move: { epsilon: number; tau: number },
) {
  const base = baseSoftmax(g, shift);
  const q = g.map((logit, v) => Math.exp(logit + shift[v]! - base.logZ[0]!));
  const inner = (values: (v: number) => number) => sum(q.map((weight, v) => weight * values(v)));
  const centred = (v: number) => g[v]! - base.mean[0]!;
  const means = new Map<string, Float64Array>();
  for (let i = 0; i < 4; i++) {
    for (let j = 1; i + j <= 4; j++) {
      means.set(`${i},${j}`, Float64Array.of(inner((v) => centred(v) ** i * x[v]! ** j)));
    }
  }
  const mean = inner((v) => x[v]!);
  const reach = Float64Array.of(x.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const { epsilon, tau } = move;
  const X = (v: number) => epsilon * centred(v) + tau * (x[v]! - mean);
  const value = { log: 0, bound: 0 };
  momentSeries(base, { means, reach })({ n: 0, f: 0 }, move, value);
  return { exact: Math.log(inner((v) => Math.exp(X(v)))), value, q };
}

Deno.test("baseSoftmax() sums to one and its moments are about the mean", () => {
  const g = Float64Array.of(900, 902, 899);
  const shift = Float64Array.of(0, 1, -1);
  const { logZ, mean, powers, reach } = baseSoftmax(g, shift);
  const q = g.map((logit, v) => Math.exp(logit + shift[v]! - logZ[0]!));
  assert.ok(Math.abs(sum(q) - 1) < 1e-12);
  for (const [i, power] of powers.entries()) {
    const expected = sum(q.map((weight, v) => weight * (g[v]! - mean[0]!) ** i));
    assert.ok(Math.abs(power[0]! - expected) < 1e-10, `power ${i}`);
  }
  assert.equal(reach[0], Math.max(902 - mean[0]!, mean[0]! - 899));
});

Deno.test("momentSeries() is off by no more than its bound, for any softmax and move", () => {
  fc.assert(fc.property(
    values(8),
    values(3),
    values(2),
    number(0.1),
    number(1),
    // Only where moves are small is the bound below what a wrong term would leave.
    fc.constantFrom(1, 0.3, 0.1, 0.03),
    (g, shift, x, epsilon, tau, share) => {
      const move = { epsilon: share * epsilon, tau: share * tau };
      const { exact, value } = both({ g, shift, x }, move);
      assert.ok(Math.abs(exact - value.log) <= value.bound + 1e-11, `${exact} ${value.log}`);
    },
  ));
});

Deno.test("momentSeries() has a bound of use where moves are small, and none where they are not", () => {
  const list = (scale: number) =>
    Float64Array.from({ length: V }, (_, v) => scale * Math.sin(v * v));
  const given = { g: list(5), shift: list(1), x: list(2) };
  const near = both(given, { epsilon: 1e-3, tau: 0.02 });
  assert.ok(near.value.bound < 1e-7, `${near.value.bound}`);
  assert.ok(Math.abs(near.exact) > 1e-6, `${near.exact}`);
  assert.equal(both(given, { epsilon: 0, tau: 9 }).value.bound, Infinity);
});
