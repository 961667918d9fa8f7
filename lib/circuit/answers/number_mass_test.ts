import assert from "node:assert/strict";
import fc from "fast-check";
import { massByRank, type RankedTokens, tokenCount, tokenMass } from "./number_mass.ts";

const TOP: RankedTokens = {
  ids: { data: Int32Array.of(30, 10, 20, 20, 40, 10), shape: [2, 3] },
  probabilities: { data: Float64Array.of(0.5, 0.25, 0.125, 0.75, 0.125, 0.0625), shape: [2, 3] },
};

Deno.test("tokenMass() and tokenCount() look at the tokens that count in their own row", () => {
  const above = (id: number, row: number) => id > [15, 25][row]!;
  assert.deepEqual(tokenMass(TOP), Float64Array.of(0.875, 0.9375));
  assert.deepEqual(tokenMass(TOP, above), Float64Array.of(0.625, 0.125));
  assert.deepEqual(tokenCount(TOP, above), Float64Array.of(2, 1));
});

Deno.test("massByRank() adds up the means of each rank", () => {
  assert.deepEqual(massByRank(TOP), Float64Array.of(0.625, 0.8125, 0.90625));
  assert.deepEqual(massByRank(TOP, (id) => id === 20), Float64Array.of(0.375, 0.375, 0.4375));
});

Deno.test("massByRank() ends at the mean of tokenMass(), and never falls", () => {
  const rows = fc.array(
    fc.array(fc.tuple(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 4,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(fc.property(rows, fc.nat(50), (tokens, least) => {
    const shape = [tokens.length, 4];
    const top = {
      ids: { data: Int32Array.from(tokens.flat(), ([id]) => id), shape },
      probabilities: { data: Float64Array.from(tokens.flat(), ([, p]) => p), shape },
    };
    const counts = (id: number) => id >= least;
    const byRank = massByRank(top, counts);
    const mean = tokenMass(top, counts).reduce((a, b) => a + b) / tokens.length;
    assert.ok(Math.abs(byRank[3]! - mean) < 1e-12);
    assert.ok(byRank.every((mass, k) => k === 0 || mass >= byRank[k - 1]!));
  }));
});
